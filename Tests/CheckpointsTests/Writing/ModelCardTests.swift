import Checkpoints
import TestSupport
import Testing

@Suite("Model cards and companions")
struct ModelCardTests {
    @Test("The card has the fields of the hub, the models and the recipe")
    func card() {
        let card = ModelCard(
            title: "Deep Model Fusion", summary: "Task arithmetic.",
            models: ["openai/clip-vit-base-patch32", "/models/a `b`\nc"], recipe: "method:\n  name: task_arithmetic\n\n"
        )
        #expect(
            card.text == """
                ---
                base_model:
                - "openai/clip-vit-base-patch32"
                library_name: transformers
                tags:
                - fusion-bench
                - merge
                ---
                # Deep Model Fusion

                Task arithmetic.

                ## Models

                - `openai/clip-vit-base-patch32`
                - ``/models/a `b` c``

                ## Recipe

                ```yaml
                method:
                  name: task_arithmetic
                ```

                """)
    }

    @Test("Nothing in a recipe ends its block, and names that are numbers to YAML stay texts")
    func hostile() {
        let card = ModelCard(title: "a\nb", models: ["1e3", "`"], recipe: "a: |\n  ```\n  # b\n")
        #expect(card.text.contains("- \"1e3\"\n") && card.text.contains("# a b\n") && card.text.contains("- `` ` ``\n"))
        #expect(card.text.hasSuffix("````yaml\na: |\n  ```\n  # b\n````\n"))
        #expect(!ModelCard(title: "a", models: [], recipe: "").text.contains("base_model"))
    }

    @Test("Files of the models are listed with their digests")
    func digests() {
        let digest = FileDigest(.content, hexadecimal: String(repeating: "0a", count: 32))
        let file = ModelCard.InputFile(model: "a", file: "model.safetensors", digest: digest)
        let text = ModelCard(title: "a", models: [], recipe: "", digests: [file]).text
        #expect(text.hasSuffix("## Files of the models\n\n- `a`, `model.safetensors`: `\(digest)`\n"))
        #expect(FileDigest(parsing: digest.description) == digest)
        #expect(["", "md5:00", "sha256:00", "\(digest)0"].allSatisfy { FileDigest(parsing: $0) == nil })
    }

    @Test("What belongs to a model is found, and nothing else")
    func companions() throws {
        let directory = try ScratchDirectory()
        for name in [
            "config.json", "tokenizer.json", "1_Pooling/config.json", "README.md", "model.safetensors", "other.json",
            "additional_chat_templates/rag.jinja", "additional_chat_templates/x.txt", "vocab.json/inside",
        ] {
            try directory.write(name, name)
        }
        let companions = CompanionFile.all(in: directory.path)
        #expect(
            companions.map(\.name)
                == ["config.json", "tokenizer.json", "1_Pooling/config.json", "additional_chat_templates/rag.jinja"])
        #expect(companions.map(\.content) == companions.map { .copy(of: directory.path($0.name)) })
        #expect(CompanionFile.all(in: directory.path("none")).isEmpty)
    }
}
