package import Groundwork

/// The form of one kind of seal, as data: what is fixed before anybody's name is known.
///
/// State Council notice 国发〔1999〕25号: enterprises and institutions have a round seal of at most 45 mm with a five-point
/// star, the name around it from left to right, in simplified characters and a Song face (宋体); special seals
/// (专用章) differ in name and pattern. Common practice fixes the rest: 40 mm for a limited company (edge 1 mm), 42 mm
/// for a joint-stock or state-owned one (edge 1.2 mm, star 14 mm), 38 mm without a star for special seals.
package struct SealPattern: Hashable, Sendable, Codable {
    package var diameterMillimetres: Double
    package var edgeMillimetres: Double
    /// Across the star's points; absent on special seals, whose middle stays empty above the kind line.
    package var starMillimetres: Double?
    /// What the seal is for (横向文), such as 合同专用章; drawn straight across below the middle.
    package var kindLine: String?
    /// Family name of the Song face.
    package var font: String
    /// How much wider than the face draws them strokes are: a text face is too thin beside an edge of 1 mm.
    package var strokeMillimetres: Double
    package var colour: SealColour

    package init(
        diameterMillimetres: Double, edgeMillimetres: Double = 1, starMillimetres: Double? = nil,
        kindLine: String? = nil, font: String = SealPattern.songFace, strokeMillimetres: Double = 0.14,
        colour: SealColour = .red
    ) {
        self.diameterMillimetres = diameterMillimetres
        self.edgeMillimetres = edgeMillimetres
        self.starMillimetres = starMillimetres
        self.kindLine = kindLine
        self.font = font
        self.strokeMillimetres = strokeMillimetres
        self.colour = colour
    }

    /// The Song face of Debian's fonts-arphic-uming: all 6,763 characters of GB 2312 and most of Unicode's first CJK
    /// block.
    package static let songFace = "AR PL UMing CN"

    /// 公章 of a limited company.
    package static let limitedCompany = SealPattern(diameterMillimetres: 40, starMillimetres: 14)
    /// 公章 of a joint-stock or state-owned company, and of an institution.
    package static let jointStockCompany = SealPattern(
        diameterMillimetres: 42, edgeMillimetres: 1.2, starMillimetres: 14)
    package static let contract = SealPattern(diameterMillimetres: 38, kindLine: "合同专用章")
    package static let finance = SealPattern(diameterMillimetres: 38, kindLine: "财务专用章")
    package static let personnel = SealPattern(diameterMillimetres: 38, kindLine: "人事专用章")
}

/// A colour by its red, green and blue parts, each 0 to 1.
package struct SealColour: Hashable, Sendable, Codable {
    package var red: Double
    package var green: Double
    package var blue: Double

    package init(red: Double, green: Double, blue: Double) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// The red of seal ink.
    package static let red = SealColour(red: 0.87, green: 0.03, blue: 0.06)
}

/// One seal to be drawn: its pattern and the words on it, all checked.
package struct SealDesign: Hashable, Sendable {
    package let pattern: SealPattern
    /// The entity's registered name (上弦文), on the upper arc from left to right.
    package let name: String
    /// The code (印章编码) or other short text on the lower arc (下弦文).
    package let lowerText: String?

    package static let nameLengths = 4...40

    /// - Parameters:
    ///   - name: from the registry record, never typed.
    ///   - code: 13 or 14 digits, otherwise opaque: descriptions of its parts disagree.
    ///   - lowerText: instead of a code, such as （1）.
    package init(
        name: String, pattern: SealPattern = .limitedCompany, code: String? = nil, lowerText: String? = nil
    ) throws(Refusal) {
        let count = name.count
        guard Self.nameLengths.contains(count) else {
            throw Refusal(
                SealImagesRefusal.nameLength,
                facts: [
                    "least": "\(Self.nameLengths.lowerBound)", "most": "\(Self.nameLengths.upperBound)",
                    "count": "\(count)",
                ])
        }
        try SealText.check(name)
        if let code {
            guard (13...14).contains(code.utf8.count), code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw Refusal(SealImagesRefusal.sealCode)
            }
        }
        if let lowerText { try SealText.check(lowerText, atMost: 20) }
        if let kindLine = pattern.kindLine { try SealText.check(kindLine, atMost: 12) }
        try pattern.check()
        self.name = name
        self.pattern = pattern
        self.lowerText = code ?? lowerText
    }

    /// A round company seal (公章) with the usual measurements: a star in the middle, edge 1 mm.
    package init(companyName: String, diameterMillimetres: Double = 40, code: String? = nil) throws(Refusal) {
        try self.init(
            name: companyName,
            pattern: SealPattern(diameterMillimetres: diameterMillimetres, starMillimetres: diameterMillimetres / 3),
            code: code)
    }
}

extension SealPattern {
    func check() throws(Refusal) {
        func demand(_ holds: Bool, _ what: String) throws(Refusal) {
            if !holds { throw Refusal(SealImagesRefusal.measurements, facts: ["what": what]) }
        }
        try demand((30...45).contains(diameterMillimetres), "diameter 30–45 mm")
        try demand((0.5...2).contains(edgeMillimetres), "edge 0.5–2 mm")
        try demand(starMillimetres.map { (4...diameterMillimetres * 0.4).contains($0) } ?? true, "star")
        try demand((0...0.5).contains(strokeMillimetres), "stroke 0–0.5 mm")
        try demand([colour.red, colour.green, colour.blue].allSatisfy((0...1).contains), "colour")
    }
}
