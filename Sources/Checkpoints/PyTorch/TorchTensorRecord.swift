/// A storage, or a part of one, as a pickle refers to it.
struct TorchStorageReference {
    /// The name under which the file has the storage.
    let key: String
    /// The type of its elements; nil for bytes.
    let dtype: TorchDType?
    /// The length of the whole storage in bytes, as the pickle says.
    let byteCount: Int
    /// The bytes of the storage that are meant.
    let view: Range<Int>

    /// The bytes that the file counts the storage's length in.
    var elementByteCount: Int { dtype?.byteCount ?? 1 }
}

/// A tensor as a pickle describes it; whether its storage is large enough has not been checked.
struct TorchTensorRecord {
    let storage: TorchStorageReference
    let dtype: TorchDType
    /// Where in the storage the first element is, in elements.
    let offset: Int
    /// The sizes along the dimensions; none is negative.
    let sizes: [Int]
    /// The distances in elements between neighbours along the dimensions; none is negative.
    let strides: [Int]
    /// Whether the elements are to be conjugated or negated when they are read.
    let isTransformed: Bool
}
