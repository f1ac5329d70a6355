extension String {
    /// Whether two texts have the same characters, not only equivalent ones.
    package func isSame(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
