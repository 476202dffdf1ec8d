internal import Foundation
package import Groundwork

/// Draws a round seal: edge, star, the name on the upper arc, the kind line, the code on the lower arc.
///
/// Every character is an outline of its own, turned to stand on its circle. Nothing refers to a font, so that no viewer
/// can show another face and no licence to embed one is asked.
package enum CompanySealImage {
    /// Blocks for some tens of milliseconds in pango: from asynchronous code call ``draw(_:on:)``.
    /// - Throws: `Refusal` if the face is not installed or lacks a character.
    package static func draw(_ design: SealDesign) throws(Refusal) -> SealPicture {
        let face = try SongFace(family: design.pattern.font)
        let words = design.name + (design.pattern.kindLine ?? "") + (design.lowerText ?? "")
        let missing = face.missingCharacters(in: words)
        guard missing.isEmpty else {
            throw Refusal(
                SealImagesRefusal.missingGlyph,
                facts: ["font": face.family, "characters": missing.map(String.init).joined(separator: " ")])
        }
        let layout = SealLayout(design.pattern)
        let name = SealLine(design.name, face: face)
        let lower = design.lowerText.map { SealLine($0, face: face) }
        let kind = design.pattern.kindLine.map { SealLine($0, face: face) }

        var outline = layout.edge
        if let star = layout.star { outline.append(star) }
        var lettering = layout.upperArc(name, lowerHalfAngle: lower.map(layout.lowerHalfAngle) ?? 0)
        if let kind { lettering.append(layout.kindLine(kind, nameLength: name.weight)) }
        // The code is too small for wider strokes.
        if let lower { outline.append(layout.lowerArc(lower)) }
        return SealPicture(
            outline: outline, lettering: lettering, strokeMillimetres: layout.stroke(name),
            widthMillimetres: design.pattern.diameterMillimetres,
            heightMillimetres: design.pattern.diameterMillimetres, colour: design.pattern.colour)
    }

    /// The same on a thread where blocking C is allowed.
    package static func draw(_ design: SealDesign, on pool: BlockingPool) async throws -> SealPicture {
        try await pool.run { try draw(design) }
    }
}

/// The characters of one line, each by its outline in units of the em.
struct SealLine {
    var glyphs: [(outline: Outline, advance: Double)]

    init(_ text: String, face: SongFace) { glyphs = text.map { face.outline(of: String($0)) } }

    /// How much of the line each character takes: a Han character 1, a Latin one about half.
    var weights: [Double] { glyphs.map { min(1, max(0.5, $0.advance)) } }
    var weight: Double { weights.reduce(0, +) }
}

/// Where everything stands on a seal of one pattern. Lengths in millimetres, the seal's middle at (radius, radius).
struct SealLayout {
    let pattern: SealPattern
    private let radius: Double
    private let centre: OutlinePoint
    /// The circle that the name's upper edge and the lower text's lower edge touch.
    private let textRadius: Double

    /// A Song face's characters stand this far below the baseline, in ems.
    private static let descent = 0.12

    init(_ pattern: SealPattern) {
        self.pattern = pattern
        radius = pattern.diameterMillimetres / 2
        centre = OutlinePoint(x: radius, y: radius)
        textRadius = radius - pattern.edgeMillimetres - pattern.diameterMillimetres * 0.022
    }

    var edge: Outline { .ring(centre: centre, outerRadius: radius, width: pattern.edgeMillimetres) }
    var star: Outline? { pattern.starMillimetres.map { .star(centre: centre, radius: $0 / 2) } }

    /// Long names get lower characters: 13 % of the diameter up to 8 characters, 8.5 % from 30 on.
    private func nameHeight(_ weight: Double) -> Double {
        let share = min(1, max(0, (weight - 8) / 22))
        return pattern.diameterMillimetres * (0.13 - 0.045 * share)
    }

    /// Wider strokes in proportion to the characters.
    func stroke(_ name: SealLine) -> Double {
        pattern.strokeMillimetres * nameHeight(name.weight) / nameHeight(0)
    }

    private var lowerHeight: Double { pattern.diameterMillimetres * 0.046 }

    /// Half the angle that the lower text takes, at most 55 degrees.
    func lowerHalfAngle(_ line: SealLine) -> Double {
        let middle = textRadius - lowerHeight / 2
        return min(55 * .pi / 180, line.weight * lowerHeight * 1.3 / middle / 2)
    }

    func upperArc(_ line: SealLine, lowerHalfAngle: Double) -> Outline {
        let weight = line.weight
        let height = nameHeight(weight)
        let inner = textRadius - height
        let room = 2 * Double.pi - 2 * max(lowerHalfAngle + 14 * .pi / 180, 36 * .pi / 180)
        let step = min(1.3 * height / (textRadius - height / 2), room / weight)
        let width = min(height, 2 * inner * tan(step / 2) * 0.95)
        var outline = Outline()
        var angle = -step * weight / 2
        for (glyph, weight) in zip(line.glyphs, line.weights) {
            let turn = angle + step * weight / 2
            angle += step * weight
            outline.append(
                glyph.outline.mapped { point in
                    let x = (point.x - glyph.advance / 2) * width
                    let y = inner + (point.y + Self.descent) * height
                    return OutlinePoint(
                        x: centre.x + x * cos(turn) + y * sin(turn), y: centre.y - x * sin(turn) + y * cos(turn))
                })
        }
        return outline
    }

    /// Heads towards the middle, read from left to right along the bottom.
    func lowerArc(_ line: SealLine) -> Outline {
        let half = lowerHalfAngle(line)
        let step = 2 * half / line.weight
        let width = min(lowerHeight, step * (textRadius - lowerHeight) * 0.95)
        var outline = Outline()
        var angle = -half
        for (glyph, weight) in zip(line.glyphs, line.weights) {
            let turn = angle + step * weight / 2
            angle += step * weight
            outline.append(
                glyph.outline.mapped { point in
                    let x = (point.x - glyph.advance / 2) * width
                    let y = (point.y + Self.descent) * lowerHeight - textRadius
                    return OutlinePoint(
                        x: centre.x + x * cos(turn) - y * sin(turn), y: centre.y + x * sin(turn) + y * cos(turn))
                })
        }
        return outline
    }

    /// Straight across below the star (or below the middle), inside the circle under the name's feet.
    func kindLine(_ line: SealLine, nameLength: Double) -> Outline {
        let free = textRadius - nameHeight(nameLength) - pattern.diameterMillimetres * 0.012
        let starFeet = pattern.starMillimetres.map { $0 / 2 * 0.81 + 0.9 }
        var height = pattern.diameterMillimetres * (starFeet == nil ? 0.12 : 0.1)
        func top(_ height: Double) -> Double { -(starFeet ?? pattern.diameterMillimetres * 0.08) }
        func roomAcross(_ height: Double) -> Double {
            let corner = top(height) - height
            return 2 * max(0, free * free - corner * corner).squareRoot()
        }
        while roomAcross(height) < 0.55 * height * line.weight, height > pattern.diameterMillimetres * 0.05 {
            height *= 0.95
        }
        let width = min(height, roomAcross(height) / line.weight)
        let bottom = top(height) - height
        var outline = Outline()
        var x = -line.weight * width / 2
        for (glyph, weight) in zip(line.glyphs, line.weights) {
            let middle = x + weight * width / 2
            x += weight * width
            outline.append(
                glyph.outline.mapped { point in
                    OutlinePoint(
                        x: centre.x + middle + (point.x - glyph.advance / 2) * width * 0.97,
                        y: centre.y + bottom + (point.y + Self.descent) * height)
                })
        }
        return outline
    }
}
