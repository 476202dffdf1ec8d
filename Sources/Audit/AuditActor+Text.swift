/// How other tables store who did something: version 1 of its own spelling, and never Swift's.
///
/// | actor | stored |
/// | --- | --- |
/// | a rule | `system` |
/// | the bootstrap | `bootstrap` |
/// | an officer | `officer:` and the identifier as shown |
/// | a holder | `holder:` and the medium number |
/// | anybody | `public` |
extension AuditActor {
    package var stored: String {
        switch self {
        case .system: "system"
        case .bootstrap: "bootstrap"
        case .officer(let identifier): "officer:\(identifier)"
        case .holder(let medium): "holder:\(medium)"
        case .public: "public"
        }
    }

    /// Reads what ``stored`` wrote, and what stores have from before it: `officer("officer_01a2…")` and the bare
    /// identifier `officer_01a2…`. `nil` for anything else.
    package init?(stored text: String) {
        switch text {
        case "system": self = .system
        case "bootstrap": self = .bootstrap
        case "public": self = .public
        default:
            if let identifier = Self.text(in: text, "officer:", "") ?? Self.text(in: text, "officer(\"", "\")") {
                self = .officer(identifier)
            } else if let medium = Self.text(in: text, "holder:", "") ?? Self.text(in: text, "holder(\"", "\")") {
                self = .holder(medium)
            } else if text.hasPrefix("officer_") {
                self = .officer(text)
            } else {
                return nil
            }
        }
    }

    private static func text(in text: String, _ prefix: String, _ suffix: String) -> String? {
        guard text.hasPrefix(prefix), text.hasSuffix(suffix), text.count > prefix.count + suffix.count else {
            return nil
        }
        return String(text.dropFirst(prefix.count).dropLast(suffix.count))
    }
}
