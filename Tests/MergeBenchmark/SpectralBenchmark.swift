import Foundation

/// Merges eight models of the size of CLIP-ViT-B/32 by their spectra and by optimisation, with this project and its Python
/// peer, by turns.
struct SpectralBenchmark {
    let program: String
    let configuration: String
    let scratch: String
    let rounds: Int
    /// The virtual environment of the peer; nil to leave it out.
    let peers: String?

    /// Methods as they are written on the command line.
    ///
    /// WUDI takes 10 of its 400 steps: the peer would need hours.
    private static let methods = [
        "isotropic_merging/iso_c", "isotropic_merging/iso_cts", "task_singular_vector/TaskSingularVectorMerging",
        "wudi/wudi method.iter_num=10", "doge_ta/doge_ta",
    ]
    private static let modelCount = 8

    func run() throws {
        let maker = CLIPModelMaker(directory: scratch + "/models", copies: Self.modelCount)
        print("Making \(maker.folders.count) models of 350 MB in \(scratch) …")
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
        for method in Self.methods {
            try MergeBenchmark.measure(method, maker.folders, contestants + others, rounds, scratch) {
                name, seconds, memory in
                print("| \(method) | \(name) | \(String(format: "%.1f", seconds)) | \(Int(memory.rounded())) MiB |")
            }
        }
    }
}
