import Fabric
import OrderedCollections
import Tensors

/// Where the gradient of each parameter stands in a row of all of them.
struct GradientLayout: Sendable {
    private let places: [(name: String, shape: Shape, range: Range<Int>)]
    /// The number of elements of all gradients.
    let count: Int

    /// A layout of the gradients of parameters, in their order.
    init(_ parameters: OrderedDictionary<String, Tensor>) {
        var places: [(String, Shape, Range<Int>)] = []
        var end = 0
        for (name, tensor) in parameters {
            places.append((name, tensor.shape, end..<end + tensor.elementCount))
            end += tensor.elementCount
        }
        self.places = places
        count = end
    }

    /// Gradients in one row.
    ///
    /// - Parameter gradients: Of `float32`, in the order of the parameters.
    /// - Returns: `[count]`.
    func packed(_ gradients: [Tensor]) -> Tensor {
        Tensor([count]) { row in
            for (gradient, place) in zip(gradients, places) {
                gradient.withBytes { bytes in
                    _ = UnsafeMutableBufferPointer(rebasing: row[place.range])
                        .update(from: bytes.assumingMemoryBound(to: Float.self))
                }
            }
        }
    }

    /// The gradients that stand in a row, as views of it.
    func unpacked(_ row: Tensor) -> OrderedDictionary<String, Tensor> {
        OrderedDictionary(uniqueKeysWithValues: places.map { ($0.name, row[$0.range].reshaped($0.shape)) })
    }
}

/// Gradients of a part of a step, and other numbers that are added up with them.
final class GradientSum: FabricTransferable, @unchecked Sendable {
    // One thread at a time has it: the one that made it, then the one that adds it up.
    private(set) var numbers: [Double]
    private(set) var gradients: Tensor

    /// - Parameters:
    ///   - numbers: Whatever is added up, such as the loss.
    ///   - gradients: All gradients in one row.
    init(numbers: [Double], gradients: Tensor) {
        self.numbers = numbers
        self.gradients = gradients
    }

    /// Adds another part to this one.
    func adding(_ other: GradientSum) -> GradientSum {
        for index in numbers.indices { numbers[index] += other.numbers[index] }
        gradients.add(other.gradients)
        return self
    }

    var fabricBytes: [UInt8] {
        [Int64(numbers.count)].fabricBytes + numbers.fabricBytes + gradients.withBytes(Array.init)
    }

    init(fabricBytes: [UInt8]) {
        let count = Int([Int64](fabricBytes: Array(fabricBytes.prefix(8)))[0])
        let start = 8 * (1 + count)
        numbers = [Double](fabricBytes: Array(fabricBytes[8..<start]))
        gradients = Tensor([(fabricBytes.count - start) / MemoryLayout<Float>.size]) { row in
            fabricBytes.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(row).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start...]))
            }
        }
    }
}

extension Fabric {
    /// The sum of the gradients of a step's micro-batches, on all ranks.
    ///
    /// Ranks take neighbouring units, and all is added up in one binary tree over the numbers of units, so that the bits do
    /// not depend on ranks and threads. A rank holds a few rows of gradients: two for each thread, and one for each level of
    /// its part of the tree.
    ///
    /// - Parameters:
    ///   - name: The name of the work, for messages.
    ///   - units: The micro-batches; at least one.
    ///   - cost: The time that one takes, in any measure.
    ///   - parameters: What the gradients are of.
    ///   - work: Computes a micro-batch; runs on several threads at once. Gradients are in the order of the parameters.
    /// - Returns: The sums of the numbers, and of the gradients by name.
    /// - Throws: The first error of a micro-batch.
    func sumGradients<Unit: Sendable>(
        _ name: String, units: [Unit], cost: (Unit) -> Double, of parameters: OrderedDictionary<String, Tensor>,
        work: @escaping @Sendable (Unit) throws -> (numbers: [Double], gradients: [Tensor])
    ) throws -> (numbers: [Double], gradients: OrderedDictionary<String, Tensor>) {
        let layout = GradientLayout(parameters)
        let sum = try reduce(name, units: units, cost: cost) { unit in
            let (numbers, gradients) = try work(unit)
            return GradientSum(numbers: numbers, gradients: layout.packed(gradients))
        } combine: {
            $0.adding($1)
        }
        guard let sum else { return ([], [:]) }
        return (sum.numbers, layout.unpacked(sum.gradients))
    }
}
