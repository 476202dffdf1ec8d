internal import Groundwork

/// A drawn seal: outlines in millimetres, from the lower left corner, and what is made of them.
package struct SealPicture: Hashable, Sendable {
    /// Shapes that are filled.
    package let outline: Outline
    /// Shapes that are filled and drawn around, so that their strokes are wider.
    package let lettering: Outline
    package let strokeMillimetres: Double
    package let widthMillimetres: Double
    package let heightMillimetres: Double
    package let colour: SealColour

    package init(
        outline: Outline, lettering: Outline = Outline(), strokeMillimetres: Double = 0, widthMillimetres: Double,
        heightMillimetres: Double, colour: SealColour
    ) {
        self.outline = outline
        self.lettering = lettering
        self.strokeMillimetres = strokeMillimetres
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
        let parts = [colour.red, colour.green, colour.blue].map(Self.number).joined(separator: " ")
        let stroke = Self.number(strokeMillimetres * Self.pointsPerMillimetre)
        let text =
            "q\n\(parts) rg\n\(Self.operators(outline))f\n"
            + (lettering.steps.isEmpty ? "" : "\(parts) RG \(stroke) w 1 j\n\(Self.operators(lettering))B\n") + "Q\n"
        return Paths(
            content: Array(text.utf8), widthPoints: widthMillimetres * Self.pointsPerMillimetre,
            heightPoints: heightMillimetres * Self.pointsPerMillimetre)
    }

    private static func operators(_ outline: Outline) -> String {
        var text = ""
        text.reserveCapacity(outline.steps.count * 24)
        func point(_ point: OutlinePoint) -> String {
            "\(number(point.x * pointsPerMillimetre)) \(number(point.y * pointsPerMillimetre))"
        }
        for step in outline.steps {
            switch step {
            case .move(let end): text += "\(point(end)) m\n"
            case .line(let end): text += "\(point(end)) l\n"
            case .curve(let first, let second, let end): text += "\(point(first)) \(point(second)) \(point(end)) c\n"
            case .close: text += "h\n"
            }
        }
        return text
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
