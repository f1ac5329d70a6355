import Fabric
import TestSupport
import Testing

@Suite("The command line of mpirun")
struct MPILauncherTests {
    private func arguments(
        devices: Int = 2, nodes: Int = 1, hostFile: String? = nil, _ environment: [String: String] = [:]
    ) -> [String] {
        var configuration = FabricConfiguration()
        configuration.devices = devices
        configuration.nodeCount = nodes
        configuration.hostFile = hostFile
        return MPILauncher(configuration, environment: environment).arguments(
            program: "/program", arguments: ["a", "b"])
    }

    private func value(_ name: String, _ arguments: [String]) -> String? {
        arguments.firstIndex(of: name).map { arguments[$0 + 1] }
    }

    @Test("The program and its arguments come last, and the number of ranks is that of all nodes")
    func shape() {
        #expect(Array(arguments().suffix(3)) == ["/program", "a", "b"])
        // An allocation of one task does not keep two ranks from starting in it.
        #expect(arguments().contains("--oversubscribe") && arguments(nodes: 3).contains("--oversubscribe"))
        #expect(arguments().first == "mpirun" && value("-n", arguments()) == "2")
        #expect(value("-n", arguments(nodes: 3)) == "6" && value("--map-by", arguments(nodes: 3)) == "ppr:2:node")
    }

    @Test("Variables that the program reads go to other hosts")
    func forwards() {
        let list = arguments(["HF_HOME": "/a", "HOME": "/b", "FUSION_BENCH_X": "1", "NO_COLOR": ""])
        let names = list.indices.filter { list[$0] == "-x" }.map { list[$0 + 1] }.filter { !$0.contains("=") }
        #expect(names == ["FUSION_BENCH_X", "HF_HOME", "NO_COLOR"])
    }

    @Test("Lost hosts are noticed sooner than by default, unless the user says otherwise")
    func keepalive() {
        let own = ["OMPI_MCA_oob_tcp_keepalive_time": "100"]
        #expect(!arguments().contains("--mca"))
        #expect(value("oob_tcp_keepalive_time", arguments(nodes: 2)) == "30")
        #expect(value("oob_tcp_keepalive_intvl", arguments(hostFile: "/mine")) == "10")
        #expect(value("oob_tcp_keepalive_time", arguments(nodes: 2, own)) == nil)
        #expect(value("oob_tcp_keepalive_probes", arguments(nodes: 2, own)) == "3")
    }

    @Test("The hosts of a PBS job are those of its node file, unless the user names others")
    func nodeFile() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("nodes", "a\nb\n")
        let job = ["PBS_NODEFILE": scratch.path("nodes")]
        #expect(value("--hostfile", arguments(nodes: 2, job)) == scratch.path("nodes"))
        #expect(value("--hostfile", arguments(nodes: 2, hostFile: "/mine", job)) == "/mine")
        // One node is the one that this process is on.
        #expect(value("--hostfile", arguments(job)) == nil)
        #expect(value("--hostfile", arguments(nodes: 2, ["PBS_NODEFILE": scratch.path("none")])) == nil)
        #expect(value("--hostfile", arguments(nodes: 2)) == nil)
    }
}
