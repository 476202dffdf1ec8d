package import CreditCodes
package import Groundwork

/// One line of a registry feed: CSV (RFC 4180) in UTF-8, without line breaks inside a field.
///
///     uscc,name,type,division,legal_representative,status
///     91310000631291289X,上海市数字证书认证中心有限公司,有限责任公司(国有控股),310110,张伟,active
///
/// Parsing takes any bytes and either gives a record or says what is wrong; it never crashes.
package enum RegistryLine {
    package static let header = "uscc,name,type,division,legal_representative,status"

    /// Why a line was not imported.
    package enum Defect: Error, Hashable, Sendable {
        case tooLong
        case notUTF8
        case quoting
        case fieldCount(Int)
        case code(CodeDefect)
        case field(Field, FieldDefect)
    }

    package enum Field: String, CaseIterable, Sendable {
        case name, type, division, legalRepresentative = "legal_representative", status

        var label: LocalisedText {
            switch self {
            case .name: LocalisedText(zh: "名称", en: "name")
            case .type: LocalisedText(zh: "类型", en: "type")
            case .division: LocalisedText(zh: "行政区划", en: "division")
            case .legalRepresentative: LocalisedText(zh: "法定代表人", en: "legal representative")
            case .status: LocalisedText(zh: "状态", en: "status")
            }
        }

        /// Characters; a name fits into X.520's 64 only by a profile's own rule, not here.
        var limit: Int {
            switch self {
            case .name: 200
            case .type: 100
            case .division: 6
            case .legalRepresentative: 100
            case .status: 20
            }
        }
    }

    package enum FieldDefect: String, Hashable, Sendable {
        case empty, tooLong, controlCharacter, emoji, surroundingSpace, unknownValue

        var label: LocalisedText {
            switch self {
            case .empty: LocalisedText(zh: "为空", en: "is empty")
            case .tooLong: LocalisedText(zh: "过长", en: "is too long")
            case .controlCharacter:
                LocalisedText(zh: "含有控制字符或不可见字符", en: "contains a control character or an invisible one")
            case .emoji: LocalisedText(zh: "含有表情符号", en: "contains an emoji")
            case .surroundingSpace: LocalisedText(zh: "首尾有空格", en: "begins or ends with white space")
            case .unknownValue: LocalisedText(zh: "不是允许的值", en: "is no allowed value")
            }
        }
    }

    /// `known` finds codes that an override has accepted.
    package static func parse(
        _ bytes: [UInt8], rules: CodeRules, overridden known: (String) -> UnifiedSocialCreditCode? = { _ in nil }
    ) throws(Defect) -> RegistryRecord {
        let fields = try fields(of: bytes)
        guard fields.count == 6 else { throw .fieldCount(fields.count) }
        let code: UnifiedSocialCreditCode
        do { code = try UnifiedSocialCreditCode(fields[0], rules: rules) } catch {
            guard error.mayBeOverridden, let accepted = known(fields[0]) else { throw .code(error) }
            code = accepted
        }
        for (field, text) in zip(Field.allCases, fields.dropFirst()) {
            if let defect = defect(of: text, limit: field.limit) { throw .field(field, defect) }
        }
        guard fields[3].utf8.count == 6, fields[3].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .field(.division, .unknownValue)
        }
        guard let status = RegistryStatus(feed: fields[5]) else { throw .field(.status, .unknownValue) }
        return RegistryRecord(
            code: code, name: fields[1], type: fields[2], division: fields[3], legalRepresentative: fields[4],
            status: status)
    }

    /// The line that parsing gives back as the same record.
    package static func write(_ record: RegistryRecord) -> String {
        [
            record.code.text, record.name, record.type, record.division, record.legalRepresentative,
            record.status.rawValue,
        ].map { field in
            field.contains(where: { $0 == "," || $0 == "\"" }) ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
        }.joined(separator: ",")
    }

    private static func defect(of text: String, limit: Int) -> FieldDefect? {
        if text.isEmpty { return .empty }
        if text.unicodeScalars.count > limit { return .tooLong }
        switch NameText.defect(of: text) {
        case nil: return nil
        case .surroundingSpace: return .surroundingSpace
        case .emoji: return .emoji
        case .control, .bidirectional, .invisible, .privateUse, .unassigned: return .controlCharacter
        }
    }

    /// Splits by commas outside quotes; `""` inside quotes is one quote.
    private static func fields(of bytes: [UInt8]) throws(Defect) -> [String] {
        let comma = UInt8(ascii: ",")
        let quote = UInt8(ascii: "\"")
        var fields: [String] = []
        var field: [UInt8] = []
        var index = 0
        while true {
            field.removeAll(keepingCapacity: true)
            if index < bytes.count, bytes[index] == quote {
                index += 1
                while true {
                    guard index < bytes.count else { throw .quoting }
                    if bytes[index] != quote {
                        field.append(bytes[index])
                    } else if index + 1 < bytes.count, bytes[index + 1] == quote {
                        field.append(quote)
                        index += 1
                    } else {
                        break
                    }
                    index += 1
                }
                index += 1
                guard index == bytes.count || bytes[index] == comma else { throw .quoting }
            } else {
                while index < bytes.count, bytes[index] != comma {
                    guard bytes[index] != quote else { throw .quoting }
                    field.append(bytes[index])
                    index += 1
                }
            }
            guard let text = String(validating: field, as: UTF8.self) else { throw .notUTF8 }
            fields.append(text)
            guard fields.count <= 6 else { throw .fieldCount(fields.count) }
            guard index < bytes.count else { return fields }
            index += 1
        }
    }
}

extension RegistryLine.Defect {
    /// What a person is told beside the line's number.
    package var reason: LocalisedText {
        switch self {
        case .tooLong: LocalisedText(zh: "整行过长。", en: "the line is too long.")
        case .notUTF8: LocalisedText(zh: "不是 UTF-8 编码。", en: "the line is not UTF-8.")
        case .quoting: LocalisedText(zh: "引号使用不正确。", en: "its quotation marks are not right.")
        case .fieldCount(let count):
            LocalisedText(zh: "应有6个字段，现有\(count)个。", en: "it should have 6 fields and has \(count).")
        case .code(let defect): defect.refusal.message
        case .field(let field, let defect):
            LocalisedText(zh: "\(field.label.zh)\(defect.label.zh)。", en: "the \(field.label.en) \(defect.label.en).")
        }
    }

    package func refusal(line: Int) -> Refusal {
        Refusal(
            LegalEntitiesRefusal.feedLine,
            facts: ["line": String(line), "reasonZh": reason.zh, "reasonEn": reason.en])
    }
}
