import Checkpoints
import Glibc
import TestSupport
import Testing

@Suite("The cache of the hub")
struct HubCacheTests {
    @Test(
        "The directory is the one that Python takes",
        arguments: [
            (["HOME": "/h"], "/h/.cache/huggingface/hub"),
            (["HOME": "/h", "XDG_CACHE_HOME": "/x"], "/x/huggingface/hub"),
            (["HOME": "/h", "XDG_CACHE_HOME": "/x", "HF_HOME": "/f/"], "/f/hub"),
            (["HOME": "/h", "HF_HOME": "/f", "HUGGINGFACE_HUB_CACHE": "/c"], "/c"),
            (["HOME": "/h", "HUGGINGFACE_HUB_CACHE": "/c", "HF_HUB_CACHE": "/d"], "/d"),
            (["HOME": "/h", "HF_HUB_CACHE": "", "HF_HOME": "", "XDG_CACHE_HOME": ""], "/h/.cache/huggingface/hub"),
            (["HOME": "/h", "HF_HOME": "~/f"], "/h/f/hub"), (["HOME": "/h", "HF_HUB_CACHE": "~"], "/h"),
            (["HOME": "/h", "HF_HUB_CACHE": "~other/x"], "~other/x"),
            (["HOME": "/h", "A": "a", "HF_HUB_CACHE": "/$A/${A}b/$A.c/$B/${B}/${/$"], "/a/ab/a.c/$B/${B}/${/$"),
            (["HOME": "/h", "HF_HOME": "relative"], "relative/hub"),
            (["HOME": "/h", "E": "", "HF_HUB_CACHE": "$E"], "/h/.cache/huggingface/hub"),
        ])
    func directory(_ environment: [String: String], expected: String) {
        #expect(HubCache(environment: environment).directory == expected)
    }

    @Test("Without a home the user's entry tells it")
    func noHome() throws {
        let entry = try #require(getpwuid(getuid()))
        let home = String(cString: try #require(entry.pointee.pw_dir))
        #expect(HubCache(environment: [:]).directory == home + "/.cache/huggingface/hub")
    }

    @Test(
        "Names of models",
        arguments: [
            "gpt2", "openai/clip-vit-base-patch32", "a/b", "_/_", "A1._-b/c.d", String(repeating: "a", count: 96),
        ])
    func names(_ name: String) {
        #expect(HubCache.isName(name))
    }

    @Test(
        "What is no name of a model",
        arguments: [
            "", "/", "a/", "/a", "a/b/c", "a--b", "a..b", "..", ".", "-a", "a-", ".a", "a.", "a/-b", "a.git", "a b",
            "größe",
            "a\0", "a\n", "../a", "a/..", "./a", "~/a", "a:b", String(repeating: "a", count: 97),
        ])
    func wrongNames(_ name: String) {
        #expect(!HubCache.isName(name))
    }

    @Test("The names of all models are listed, and nothing else")
    func listing() throws {
        let fixture = try HubCacheFixture()
        #expect(fixture.cache.modelNames.isEmpty)
        try fixture.add("openai/clip", commit: "c1", files: ["config.json": []])
        try fixture.add("gpt2", commit: "c1", files: ["config.json": []])
        for other in ["datasets--a--b/x", "version.txt", "models--a--b--c/x", "models--/x", ".locks/models--a/x"] {
            try fixture.directory.write("hub/\(other)", "")
        }
        #expect(fixture.cache.modelNames == ["gpt2", "openai/clip"])
        #expect(fixture.cache.repository(of: "openai/clip") == fixture.directory.path("hub/models--openai--clip"))
    }
}
