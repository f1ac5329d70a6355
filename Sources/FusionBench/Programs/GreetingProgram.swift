import Configuration
import Logging

/// Greets: the smallest program, for a first run and as an example of how programs are written.
struct GreetingProgram: Program {
    let message: String
    let name: String
    let repeatCount: Int
    let console: Console

    private static let log = Logger(label: "fusion_bench._get_started.greeting_program")

    func run() throws {
        Self.log.info("Starting greeting program")
        let greeting = "\(message), \(name)!"
        for number in 1...max(1, repeatCount) where repeatCount > 0 {
            console.print(repeatCount > 1 ? "[\(number)/\(repeatCount)] \(greeting)" : greeting)
        }
        Self.log.info("Greeting program completed")
    }
}

extension TargetRegistry {
    mutating func registerGreetingProgram() {
        register(
            "fusion_bench._get_started.greeting_program.GreetingProgram",
            parameters: Parameter("message", default: "Hello"), Parameter("name", default: "World"),
            Parameter("repeat_count", default: 1), additional: .areIgnored
        ) { message, name, repeatCount in
            ProgramFactory { surroundings in
                GreetingProgram(message: message, name: name, repeatCount: repeatCount, console: surroundings.console)
            }
        }
    }
}
