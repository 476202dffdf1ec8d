package import Groundwork
package import SealImages

/// The kind of a seal by the policy's own word, such as `company`.
package struct SealKindName: Hashable, Sendable, Codable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }
    package init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
    package var description: String { text }
}

/// One kind of seal (印章种类): what it is called, how it is told apart in seal data, and what it looks like.
package struct SealKind: Hashable, Sendable, Codable {
    package var name: SealKindName
    package var label: LocalisedText
    /// The two-digit code of the national seal systems: 01 法定名称章, 02 财务专用章, 04 合同专用章, 99 其他.
    package var code: String
    /// `type` of SES_ESPropertyInfo (GB/T 38540-2020, 6.1.3). Its values do not interoperate between makers.
    package var propertyType: Int
    package var diameterMillimetres: Double
    package var edgeMillimetres: Double
    /// Across the star's points; a kind without it has an empty middle.
    package var starMillimetres: Double?
    /// What is written straight across (横向文).
    package var kindLine: String?

    enum CodingKeys: String, CodingKey {
        case name, label, code
        case propertyType = "property-type"
        case diameterMillimetres = "diameter-millimetres"
        case edgeMillimetres = "edge-millimetres"
        case starMillimetres = "star-millimetres"
        case kindLine = "kind-line"
    }

    package var pattern: SealPattern {
        SealPattern(
            diameterMillimetres: diameterMillimetres, edgeMillimetres: edgeMillimetres,
            starMillimetres: starMillimetres, kindLine: kindLine)
    }
}

/// Which seals there are and how long they live: `Policies/seal-types.yaml`.
package struct SealPolicy: Hashable, Sendable, Codable {
    /// `vid` of SES_Header: who makes the seals.
    package var vendor: String
    /// A seal never outlives its certificate; it may be given less.
    package var validityDays: Int64
    /// How exactly a picture is embedded in seal data.
    package var picturePixelsPerMillimetre: Int
    package var kinds: [SealKind]

    enum CodingKeys: String, CodingKey {
        case vendor, kinds
        case validityDays = "validity-days"
        case picturePixelsPerMillimetre = "picture-pixels-per-millimetre"
    }

    package init(yaml: String, file: String = "Policies/seal-types.yaml") throws(Refusal) {
        self = try StrictYAML.decode(SealPolicy.self, from: yaml, file: file)
        try check()
    }

    package func kind(_ name: SealKindName) throws(Refusal) -> SealKind {
        guard let kind = kinds.first(where: { $0.name == name }) else {
            throw Refusal(ElectronicSealsRefusal.unknownKind, facts: ["kind": String(name.text.prefix(40))])
        }
        return kind
    }

    /// 国发〔1999〕25号: enterprises, institutions and social organisations have a round seal of at most 45 mm; special
    /// seals differ in name and form.
    private func check() throws(Refusal) {
        func demand(_ holds: Bool, _ what: String) throws(Refusal) {
            if !holds { throw Refusal(ElectronicSealsRefusal.malformedPolicy, facts: ["what": what]) }
        }
        try demand((1...16).contains(vendor.utf8.count) && vendor.utf8.allSatisfy { $0 < 0x80 }, "vendor")
        try demand(validityDays > 0, "validity-days")
        try demand((1...96).contains(picturePixelsPerMillimetre), "picture-pixels-per-millimetre")
        try demand(!kinds.isEmpty && Set(kinds.map(\.name)).count == kinds.count, "kinds")
        for kind in kinds {
            let name = kind.name.text
            try demand((30...45).contains(kind.diameterMillimetres), "\(name): diameter-millimetres 30–45")
            try demand((1...99).contains(kind.propertyType), "\(name): property-type")
            try demand(kind.code.utf8.count == 2 && Int(kind.code) != nil, "\(name): code")
            try demand(kind.starMillimetres == nil || kind.kindLine == nil, "\(name): a star or a kind line")
            try demand(kind.starMillimetres != nil || kind.kindLine != nil, "\(name): nothing in the middle")
        }
        let looks = kinds.map { [$0.kindLine ?? "", "\($0.diameterMillimetres)", "\($0.starMillimetres ?? 0)"] }
        try demand(Set(looks).count == looks.count, "two kinds look alike")
    }
}
