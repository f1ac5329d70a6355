import Foundation
import Testing

@testable import Configuration

@Suite("Sweeps agree with Hydra")
struct SweepParityTests {
    private struct SweepFixtures: Decodable {
        struct Failure: Decodable {
            let message: String
        }

        struct Case: Decodable {
            let overrides: [String]
            let params: [String: String]?
            let max_batch_size: Int?
            let jobs: [[String]]?
            let error: Failure?
        }

        struct Multirun: Decodable {
            let config_name: String
            let overrides: [String]
            let jobs: [[String]]?
            let error: Failure?
        }

        struct DirectoryName: Decodable {
            let overrides: [String]
            let kv_sep: String
            let item_sep: String
            let exclude_keys: [String]
            let override_dirname: String?
        }

        let cases: [Case]
        let multiruns: [Multirun]
        let dirnames: [DirectoryName]
    }

    private func composer(_ name: String, _ overrides: [String], isMultirun: Bool) -> Composer {
        var request = CompositionRequest(
            configDirectory: Fixtures.directory + "/tree", configName: name, overrides: overrides)
        request.isMultirun = isMultirun
        return Composer(request, context: ResolutionContext(environment: environment))
    }

    private let environment = Fixtures.environment(["FB_TEST_WORD": "merlin"])

    private func text(_ jobs: [[String]]?) -> String {
        jobs.map { $0.map(\.description).joined(separator: "\n") } ?? "error"
    }

    @Test("Jobs of a sweep, in order")
    func jobs() throws {
        let fixtures = try Fixtures.load("sweeps", as: SweepFixtures.self)
        let repository = try composer("no_defaults", [], isMultirun: false).makeRepository()
        // A quoted pattern inside a list crashes in Python.
        var comparison = Comparison(deviations: ["method=glob(['*_method','t*'],exclude=[*word*,task*])"])
        for fixture in fixtures.cases where fixture.max_batch_size == nil {
            // A dictionary of JSON has no order: only single parameters can be compared.
            let params = fixture.params ?? [:]
            if params.count > 1 { continue }
            let arguments = params.map { "\($0)=\($1)" } + fixture.overrides
            let jobs = try? SweepExpansion.jobs(of: arguments.map(OverrideParser.parse)) { repository.options(of: $0) }
            comparison.check(arguments.joined(separator: " "), text(jobs), text(fixture.jobs))
        }
        comparison.finish(atLeast: 100)
    }

    @Test("Whole sweeps, with the parameters of the configuration")
    func multiruns() throws {
        let fixtures = try Fixtures.load("sweeps", as: SweepFixtures.self)
        // Parameters of the sweeper on the command line crash in Python.
        var comparison = Comparison(deviations: [
            "no_defaults a=1 +hydra.sweeper.params={a:'7,8'}",
            "no_defaults +hydra.sweeper.params={a:'7,8',b.c:'range(2)'}",
            "no_defaults +hydra.sweeper.params={+dataset:'cars,digits'} a='x y',\\ z",
            "no_defaults hydra.sweeper={params:{a:'7,8',b.c:'range(2)'}}",
            "no_defaults hydra.sweeper={params:{+dataset:'cars,digits'}} a='x y',\\ z",
        ])
        for fixture in fixtures.multiruns {
            let jobs = try? {
                let master = try composer(fixture.config_name, fixture.overrides, isMultirun: true).compose()
                master.attachHydra()
                let arguments = try master.sweeperParameters() + master.taskOverrides
                let jobs = try SweepExpansion.jobs(of: arguments.map(OverrideParser.parse)) { master.options(of: $0) }
                for job in jobs {
                    _ = try composer(fixture.config_name, master.hydraOverrides + job, isMultirun: false).compose()
                }
                return jobs
            }()
            comparison.check(
                ([fixture.config_name] + fixture.overrides).joined(separator: " "), text(jobs), text(fixture.jobs))
        }
        comparison.finish(atLeast: 30)
    }

    @Test("Overrides as directory names")
    func directoryNames() throws {
        let fixtures = try Fixtures.load("sweeps", as: SweepFixtures.self)
        var comparison = Comparison()
        for fixture in fixtures.dirnames {
            // Python takes the separator for a regular expression's replacement.
            guard let expected = fixture.override_dirname, !fixture.kv_sep.contains("\\") else { continue }
            let settings = ConfigurationNode.emptyMapping(origin: Origin(.runtime))
            let values = [
                "kv_sep": OverrideElement.scalar(.string(fixture.kv_sep)),
                "item_sep": .scalar(.string(fixture.item_sep)),
                "exclude_keys": .list(fixture.exclude_keys.map { .scalar(.string($0)) }),
            ]
            for (key, value) in values { settings.set(.string(key), try value.node(origin: Origin(.runtime))) }
            let overrides = try fixture.overrides.map(OverrideParser.parse)
            let name = try RuntimeSettings.directoryName(of: overrides, settings: settings, in: ResolutionContext())
            comparison.check("\(fixture.overrides)", name, expected)
        }
        comparison.finish(atLeast: 10)
    }
}
