package import Groundwork

/// What a request of one act says: what its subject is, and in one form or one of several exactly which parameters.
///
/// A request that is not in its act's form is neither signed nor authorised; what officers read before they enter a PIN
/// is made from it.
package struct OrderForm: Sendable {
    /// One member of a request's parameters.
    package struct Parameter: Sendable {
        package let name: String
        package let kind: Kind
        /// Whether a request may leave it out.
        package let isOptional: Bool
        package let label: LocalisedText

        /// Whether the value is of this parameter's kind.
        func takes(_ value: CanonicalJSON) -> Bool { kind.takes(value) }
    }

    /// What a parameter's value is.
    package enum Kind: Sendable, Hashable {
        case text
        /// Text, or `null` where the request says that there is none.
        case textOrNull
        case flag
        case number
        case numberOrNull
        /// Milliseconds UTC.
        case moment
        case momentOrNull
        /// RFC 3339.
        case date
        case dateOrNull
        case texts
        /// An object of texts.
        case textByName
        /// An object of objects, each of texts and numbers.
        case recordByName
        /// CRLReason (RFC 5280, 5.3.1) by its number.
        case revocationReason
        /// Bytes in base 64, which people do not read.
        case bytes
    }

    package let subject: LocalisedText
    package let variants: [[Parameter]]

    init(_ subject: LocalisedText, _ variants: [Parameter]...) {
        self.subject = subject
        self.variants = variants
    }

    /// The form that these parameters are in: nothing unknown, nothing missing, each of its kind.
    package func variant(of parameters: [String: CanonicalJSON]) -> [Parameter]? {
        variants.first { variant in
            variant.allSatisfy { parameter in
                parameters[parameter.name].map(parameter.takes) ?? parameter.isOptional
            } && parameters.keys.allSatisfy { name in variant.contains { $0.name == name } }
        }
    }
}

extension OrderForm.Parameter {
    static func required(_ name: String, _ kind: OrderForm.Kind, _ zh: String, _ en: String) -> Self {
        Self(name: name, kind: kind, isOptional: false, label: LocalisedText(zh: zh, en: en))
    }

    static func optional(_ name: String, _ kind: OrderForm.Kind, _ zh: String, _ en: String) -> Self {
        Self(name: name, kind: kind, isOptional: true, label: LocalisedText(zh: zh, en: en))
    }
}

extension OrderForm.Kind {
    func takes(_ value: CanonicalJSON) -> Bool {
        switch (self, value) {
        case (.text, .string), (.textOrNull, .string), (.textOrNull, .null), (.flag, .bool), (.number, .integer),
            (.numberOrNull, .integer), (.numberOrNull, .null), (.moment, .integer), (.momentOrNull, .integer),
            (.momentOrNull, .null), (.dateOrNull, .null), (.revocationReason, .integer):
            true
        case (.date, .string(let text)), (.dateOrNull, .string(let text)): Instant(rfc3339: text) != nil
        case (.bytes, .string(let text)): Base64.decode(text) != nil
        case (.texts, .array(let values)): values.allSatisfy { $0.string != nil }
        case (.textByName, .object(let members)): members.values.allSatisfy { $0.string != nil }
        case (.recordByName, .object(let members)):
            members.values.allSatisfy { member in
                member.object.map { $0.values.allSatisfy { $0.string != nil || $0.integer != nil } } ?? false
            }
        default: false
        }
    }
}
