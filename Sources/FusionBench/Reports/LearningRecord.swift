/// What a method that learns leaves behind for reports: the merging coefficients that it ended with, and how its losses
/// went.
///
/// ```swift
/// var record = LearningRecord()
/// record.coefficients = CoefficientTable(columns: ["mnist", "svhn"], rows: [("all", [0.3, 0.4])])
/// record.curves.append(LossCurve(name: "entropy of mnist", points: [(0, 2.3), (1, 2.1)]))
/// try record.save(in: context)
/// ```
struct LearningRecord: Sendable, Equatable {
    /// The merging coefficients; nil if the method has none.
    var coefficients: CoefficientTable?
    /// The losses, a curve for each that is worth being seen by itself.
    var curves: [LossCurve]

    /// The name of the file in a job's output directory.
    static let fileName = "learning.json"

    /// A record of what there is.
    init(coefficients: CoefficientTable? = nil, curves: [LossCurve] = []) {
        self.coefficients = coefficients
        self.curves = curves
    }

    /// Whether there is nothing to show.
    var isEmpty: Bool { coefficients == nil && curves.isEmpty }
}

/// Merging coefficients as a table: a row for each layer or parameter that has its own, a column for each model.
struct CoefficientTable: Sendable, Equatable {
    /// What share of each task vector one layer, or the whole model, gets.
    struct Row: Sendable, Equatable {
        /// The layer's name, or that of its parameter; "all" where the whole model shares one row.
        let name: String
        /// One coefficient for each column.
        let values: [Double]
    }

    /// The names of the models whose task vectors are scaled.
    let columns: [String]
    /// In the order of the model.
    let rows: [Row]

    /// A table; each row has as many values as there are columns.
    init(columns: [String], rows: [(name: String, values: [Double])]) {
        precondition(rows.allSatisfy { $0.values.count == columns.count }, "A row has one coefficient for each column")
        self.columns = columns
        self.rows = rows.map { Row(name: $0.name, values: $0.values) }
    }
}

/// How a loss went from step to step.
struct LossCurve: Sendable, Equatable {
    /// The loss at one step.
    struct Point: Sendable, Equatable {
        let step: Int
        let value: Double
    }

    /// Which loss it is.
    let name: String
    /// In the order of the steps.
    let points: [Point]

    /// A curve.
    init(name: String, points: [(step: Int, value: Double)]) {
        self.name = name
        self.points = points.map { Point(step: $0.step, value: $0.value) }
    }
}
