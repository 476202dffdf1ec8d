internal import Groundwork

/// A drawn seal: outlines in millimetres, from the lower left corner, and what is made of them.
package struct SealPicture: Hashable, Sendable {
    package let outline: Outline
    package let widthMillimetres: Double
    package let heightMillimetres: Double
    package let colour: SealColour

    package init(outline: Outline, widthMillimetres: Double, heightMillimetres: Double, colour: SealColour) {
        self.outline = outline
        self.widthMillimetres = widthMillimetres
        self.heightMillimetres = heightMillimetres
        self.colour = colour
    }

    /// What a PDF form XObject holds: path operators alone (no font, no image, no transparency group), and its box,
    /// which begins at the origin.
    package struct Paths: Hashable, Sendable {
        package let content: [UInt8]
        package let widthPoints: Double
        package let heightPoints: Double
    }

    /// Points in a millimetre.
    package static let pointsPerMillimetre = 72 / 25.4

    package var pathsPDF: Paths {
        var text = "q\n\(Self.number(colour.red)) \(Self.number(colour.green)) \(Self.number(colour.blue)) rg\n"
        text.reserveCapacity(outline.steps.count * 24)
        func point(_ point: OutlinePoint) -> String {
            "\(Self.number(point.x * Self.pointsPerMillimetre)) \(Self.number(point.y * Self.pointsPerMillimetre))"
        }
        for step in outline.steps {
            switch step {
            case .move(let end): text += "\(point(end)) m\n"
            case .line(let end): text += "\(point(end)) l\n"
            case .curve(let first, let second, let end): text += "\(point(first)) \(point(second)) \(point(end)) c\n"
            case .close: text += "h\n"
            }
        }
        text += "f\nQ\n"
        return Paths(
            content: Array(text.utf8), widthPoints: widthMillimetres * Self.pointsPerMillimetre,
            heightPoints: heightMillimetres * Self.pointsPerMillimetre)
    }

    /// At most four decimals (a point's ten-thousandth is 35 nanometres), never an exponent, which PDF does not know.
    static func number(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "0" }
        let scaled = Int64((abs(value) * 10_000).rounded())
        guard scaled != 0 else { return "0" }
        let sign = value < 0 ? "-" : ""
        let whole = scaled / 10_000
        var rest = String(scaled % 10_000).leftPadded(to: 4)
        while rest.hasSuffix("0") { rest.removeLast() }
        return rest.isEmpty ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
    }
}
