extension Tensor {
    /// The same numbers as another type.
    ///
    /// From `float64` to `float32` and to smaller types, numbers are rounded to nearest, ties to even. From and to `float64`,
    /// other types go through `float32`. The gradient is converted back.
    ///
    /// - Throws: `TensorError.notConvertible` for types that are not numbers, and for integers as result.
    public func converted(to type: DType) throws(TensorError) -> Tensor {
        guard type != dtype else { return self }
        let result = Tensor(uninitialized: shape, dtype: type, on: storage.pool)
        guard backend.convert(detached, into: result) else { throw .notConvertible(canDecode ? type : dtype) }
        let original = dtype
        return result.recorded(from: [self]) { flow in
            if let back = try? flow.gradient.converted(to: original) { flow.add(back, to: 0) }
        }
    }

    private var canDecode: Bool { ElementDecoder(dtype) != nil }
}
