/// Colours between which a number's colour is mixed.
///
/// The lightness falls or rises all the way, so that it survives a printer without colours and eyes that see few.
struct ColorRamp: Sendable {
    /// Red, green and blue, each from 0 to 255.
    typealias Color = (red: Double, green: Double, blue: Double)

    /// From the colour of 0 to that of 1, at equal distances.
    let stops: [Color]

    /// From light to dark, for what grows from nothing: the magnitude of what is positive.
    static let positive = ColorRamp(stops: [(247, 252, 240), (123, 204, 196), (8, 64, 129)])
    /// The same for what is negative.
    static let negative = ColorRamp(stops: [(247, 252, 240), (253, 184, 99), (127, 59, 8)])

    /// The colour of a number that has a sign: that of its magnitude, on one ramp or the other.
    ///
    /// - Parameter share: From -1 to 1; what is not a number is grey.
    /// - Returns: Red, green and blue.
    static func signed(_ share: Double) -> Color {
        guard share.isFinite else { return (187, 187, 187) }
        return (share < 0 ? negative : positive).color(abs(share))
    }

    /// The colour at a share of the way.
    func color(_ share: Double) -> Color {
        let position = min(max(share, 0), 1) * Double(stops.count - 1)
        let index = min(Int(position), stops.count - 2)
        let part = position - Double(index)
        func mixed(_ level: (Color) -> Double) -> Double {
            level(stops[index]) * (1 - part) + level(stops[index + 1]) * part
        }
        return (mixed(\.red), mixed(\.green), mixed(\.blue))
    }

    /// A colour as CSS and SVG write it: `#0840a1`.
    static func text(_ color: Color) -> String {
        "#"
            + [color.red, color.green, color.blue].map { level in
                let number = Int(level.rounded())
                return (number < 16 ? "0" : "") + String(number, radix: 16)
            }.joined()
    }

    /// Black or white, whichever can be read on a colour: by its relative luminance (WCAG 2.2).
    static func ink(on color: Color) -> String {
        func linear(_ level: Double) -> Double {
            let share = level / 255
            // Between the standard's two branches a square is near enough to tell light from dark.
            return share * share
        }
        let luminance = 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
        return luminance > 0.3 ? "#1a1a1a" : "#ffffff"
    }
}
