public import Configuration
public import Fabric

/// What `fusion_bench` runs: the object that the root of a configuration describes.
public protocol Program {
    /// Does the work.
    ///
    /// - Throws: Whatever stops the work; the command then ends with exit code 1.
    func run() throws

    /// Looks for everything that could be wrong with a run, without doing it.
    ///
    /// - Throws: All that is wrong, as one error.
    func check() throws
}

extension Program {
    /// Most programs have nothing to look for but their configuration.
    public func check() throws {}
}

/// What a program finds around it.
public struct ProgramSurroundings {
    /// Standard output and standard error.
    public let console: Console
    /// The ranks of the job.
    public let fabric: Fabric
    /// The whole configuration of the job, resolved.
    public let configuration: ConfigurationValue
    /// Makes the objects of parts of the configuration.
    public let instantiator: Instantiator
    /// The job's output directory.
    public let outputDirectory: String
    /// Whether long work goes on from what a former run has kept of it.
    public let resumes: Bool
    /// Whether the job is one of a sweep, whose leaderboard wants to know how it went.
    public let isPartOfSweep: Bool
}

/// A program whose arguments are known, to be made once its surroundings are.
///
/// Targets in the registry make these: a configuration is checked completely before anything of a job is set up.
public struct ProgramFactory {
    let make: (ProgramSurroundings) throws -> any Program

    /// A factory for a program.
    public init(_ make: @escaping (ProgramSurroundings) throws -> any Program) {
        self.make = make
    }
}
