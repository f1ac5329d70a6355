import Glibc

/// How an image gets another size, with the numbers that Pillow gives to its filters.
public enum ResamplingFilter: Int, Sendable, CaseIterable {
    /// The pixel whose area holds the middle of the new one.
    case nearest = 0
    /// The sinc function, windowed by its own wider form; three pixels to each side.
    case lanczos = 1
    /// Linear interpolation; one pixel to each side.
    case bilinear = 2
    /// Cubic convolution with a = −0.5; two pixels to each side.
    case bicubic = 3
    /// The mean of the pixels under the new one.
    case box = 4
    /// A sinc function in Hamming's window; one pixel to each side.
    case hamming = 5

    /// How far the filter reaches to each side, in pixels of the coarser image.
    var support: Double {
        switch self {
        case .nearest: 0
        case .box: 0.5
        case .bilinear, .hamming: 1
        case .bicubic: 2
        case .lanczos: 3
        }
    }

    /// The weight, before normalisation, of a pixel at a distance.
    ///
    /// Operations have the order in which Pillow rounds them.
    func weight(at distance: Double) -> Double {
        let x = abs(distance)
        switch self {
        case .nearest: return 0
        case .box: return distance > -0.5 && distance <= 0.5 ? 1 : 0
        case .bilinear: return x < 1 ? 1 - x : 0
        case .bicubic:
            // R. G. Keys: Cubic convolution interpolation for digital image processing, 1981.
            let a = -0.5
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
            return 0
        case .lanczos:
            return distance >= -3 && distance < 3 ? Self.sinc(distance) * Self.sinc(distance / 3) : 0
        case .hamming:
            if x == 0 { return 1 }
            if x >= 1 { return 0 }
            let angle = x * Double.pi
            return sin(angle) / angle * (Double(0.54 as Float) + Double(0.46 as Float) * cos(angle))
        }
    }

    private static func sinc(_ x: Double) -> Double {
        if x == 0 { return 1 }
        let angle = x * Double.pi
        return sin(angle) / angle
    }
}
