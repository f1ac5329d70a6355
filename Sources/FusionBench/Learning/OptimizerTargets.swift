import Configuration
import Networks

extension TargetRegistry {
    /// The optimizers of `torch.optim`, under their names there; an optimizer is made without its parameters.
    ///
    /// What concerns only how PyTorch computes them (`foreach`, `fused`, `capturable`, …) is not looked at.
    mutating func registerOptimizers() {
        register(
            "torch.optim.SGD", "torch.optim.sgd.SGD", parameters: Parameter("lr", default: NonNegativeNumber(1e-3)),
            Parameter("momentum", default: NonNegativeNumber(0)), Parameter("dampening", default: 0.0),
            Parameter("weight_decay", default: NonNegativeNumber(0)), Parameter("nesterov", default: false),
            Parameter("maximize", default: false), additional: .areIgnored
        ) { rate, momentum, dampening, decay, isNesterov, maximizes in
            guard !isNesterov || (momentum.value > 0 && dampening == 0) else { throw OptimizerSettingError.nesterov }
            return SGD(
                learningRate: rate.value, momentum: momentum.value, dampening: dampening, weightDecay: decay.value,
                isNesterov: isNesterov, maximizes: maximizes)
        }
        registerAdam("torch.optim.Adam", "torch.optim.adam.Adam", decay: 0, isDecoupled: false)
        registerAdam("torch.optim.AdamW", "torch.optim.adamw.AdamW", decay: 0.01, isDecoupled: true)
    }

    private mutating func registerAdam(_ name: String, _ longName: String, decay: Double, isDecoupled: Bool) {
        register(
            name, longName, parameters: Parameter("lr", default: NonNegativeNumber(1e-3)),
            Parameter("betas", default: Betas(mean: 0.9, meanSquare: 0.999)),
            Parameter("eps", default: NonNegativeNumber(1e-8)),
            Parameter("weight_decay", default: NonNegativeNumber(decay)), Parameter("amsgrad", default: false),
            Parameter("maximize", default: false), Parameter("decoupled_weight_decay", default: isDecoupled),
            additional: .areIgnored
        ) { rate, betas, epsilon, decay, usesLargest, maximizes, isDecoupled in
            Adam(
                learningRate: rate.value, betas: (betas.mean, betas.meanSquare), epsilon: epsilon.value,
                weightDecay: isDecoupled ? .decoupled(decay.value) : .inGradient(decay.value),
                usesLargestMeanSquare: usesLargest, maximizes: maximizes)
        }
    }

    /// The schedules of `torch.optim.lr_scheduler` and of FusionBench; a schedule is made without its optimizer.
    mutating func registerSchedules() {
        let torch = "torch.optim.lr_scheduler."
        register(
            torch + "CosineAnnealingLR", parameters: Parameter<PositiveInteger>("T_max"),
            Parameter("eta_min", default: NonNegativeNumber(0)), additional: .areIgnored
        ) { CosineSchedule(stepCount: $0.value, minimum: $1.value) }
        register(
            torch + "LinearLR", parameters: Parameter("start_factor", default: NonNegativeNumber(1.0 / 3)),
            Parameter("end_factor", default: NonNegativeNumber(1)),
            Parameter<PositiveInteger>("total_iters", default: 5), additional: .areIgnored
        ) { LinearSchedule(startFactor: $0.value, endFactor: $1.value, stepCount: $2.value) }
        register(
            torch + "ConstantLR", parameters: Parameter("factor", default: NonNegativeNumber(1.0 / 3)),
            Parameter<PositiveInteger>("total_iters", default: 5), additional: .areIgnored
        ) { ConstantFactorSchedule(factor: $0.value, stepCount: $1.value) }
        register(
            torch + "StepLR", parameters: Parameter<PositiveInteger>("step_size"),
            Parameter("gamma", default: NonNegativeNumber(0.1)), additional: .areIgnored
        ) { StepSchedule(interval: $0.value, factor: $1.value) }
        register(
            torch + "ExponentialLR", parameters: Parameter<NonNegativeNumber>("gamma"), additional: .areIgnored
        ) { StepSchedule(interval: 1, factor: $0.value) }
        registerWarmUp("CosineDecayWithWarmup", .cosine)
        registerWarmUp("LinearWarmupScheduler", .linear)
    }

    private mutating func registerWarmUp(_ name: String, _ decay: WarmUpSchedule.Decay) {
        register(
            "fusion_bench.optim.lr_scheduler." + name, "fusion_bench.optim.lr_scheduler.linear_warmup." + name,
            parameters: Parameter<PositiveInteger>("T_max"),
            Parameter<NonNegativeNumber?>("max_lr", default: nil), Parameter("min_lr", default: NonNegativeNumber(0)),
            Parameter("init_lr", default: NonNegativeNumber(0)), Parameter<Int>("warmup_steps", default: 0)
        ) { count, maximum, minimum, initial, warmUp in
            WarmUpSchedule(
                stepCount: count.value, warmUpStepCount: max(0, warmUp), initial: initial.value,
                maximum: maximum?.value, minimum: minimum.value, decay: decay)
        }
    }
}

/// What cannot be asked of an optimizer.
enum OptimizerSettingError: Error, CustomStringConvertible {
    case nesterov

    var description: String { "nesterov needs a momentum above 0 and no dampening" }
}

/// A number from 0 on.
struct NonNegativeNumber: ConfigurationDecodable {
    let value: Double

    init(_ value: Double) { self.value = value }

    static var expectedDescription: String { "a number from 0 on" }

    static func decode(_ argument: Argument) -> NonNegativeNumber? {
        Double.decode(argument).flatMap { $0 >= 0 && $0.isFinite ? NonNegativeNumber($0) : nil }
    }
}

/// What running means keep: two numbers from 0 to below 1.
struct Betas: ConfigurationDecodable {
    let mean: Double
    let meanSquare: Double

    static var expectedDescription: String { "two numbers, each at least 0 and below 1" }

    static func decode(_ argument: Argument) -> Betas? {
        guard let numbers = [Double].decode(argument), numbers.count == 2,
            numbers.allSatisfy({ $0 >= 0 && $0 < 1 })
        else { return nil }
        return Betas(mean: numbers[0], meanSquare: numbers[1])
    }
}
