import Foundation

/// Merges eight models by their spectra and by optimisation, with this project and its Python peer, by turns.
struct SpectralBenchmark {
    let program: String
    let configuration: String
    let scratch: String
    let rounds: Int
    /// The virtual environment of the peer; nil to leave it out.
    let peers: String?

    /// Methods as they are written on the command line, and the models that they merge.
    private struct Suite {
        /// Of the twelve of CLIP-ViT-B/32.
        let layers: Int
        let methods: [String]
        /// Where the models are, below the scratch directory.
        let folder: String
        let size: String
    }

    private static let suites = [
        Suite(
            layers: 12,
            methods: [
                "isotropic_merging/iso_c", "isotropic_merging/iso_cts",
                "task_singular_vector/TaskSingularVectorMerging",
            ],
            folder: "", size: "350 MB, as large as CLIP-ViT-B/32"),
        // The peer would need hours for all layers; matrices are merged one by one, so that the share is the same. WUDI takes
        // 40 of its 400 steps.
        Suite(
            layers: 1, methods: ["wudi/wudi method.iter_num=40", "doge_ta/doge_ta"], folder: "/one-layer",
            size: "38 MB, with one of the twelve layers"),
    ]
    private static let modelCount = 8

    func run() throws {
        for suite in Self.suites { try run(suite) }
    }

    private func run(_ suite: Suite) throws {
        let scratch = scratch + suite.folder
        let maker = CLIPModelMaker(
            directory: scratch + "/models", copies: Self.modelCount, layers: suite.layers)
        print("Making \(maker.folders.count) models of \(suite.size), in \(scratch) …\n")
        try maker.make()
        try MergeBenchmark.writePool(maker.folders, to: scratch)
        func ours(_ name: String, _ options: String...) -> Contestant {
            Contestant.ours(
                program, configuration: configuration, scratch: scratch, name: name, options: options)
        }
        let contestants = [
            ours("ours, 2 threads", "++fabric.num_threads=2"), ours("ours, 1 thread", "++fabric.num_threads=1"),
            ours("ours, 2 ranks of 1 thread", "++fabric.num_threads=1", "++fabric.devices=2"),
        ]
        let others = peers.map { [Contestant.fusionBench($0, scratch: scratch)] } ?? []
        print("| Method | Program | Seconds | Peak memory |")
        print("|---|---|---|---|")
        for method in suite.methods {
            try MergeBenchmark.measure(method, maker.folders, contestants + others, rounds, scratch) {
                name, seconds, memory in
                print("| \(method) | \(name) | \(String(format: "%.1f", seconds)) | \(Int(memory.rounded())) MiB |")
            }
        }
        print("")
    }
}
