package import Groundwork

/// The name by which an application (应用) asks for a login: what OIDC calls the client id.
package struct ClientIdentifier: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) throws(Refusal) {
        let allowed = text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
        guard (3...40).contains(text.utf8.count), allowed, text.first != "-", text.last != "-" else {
            throw Refusal(AuthenticationRefusal.malformedClient, facts: ["client": String(text.prefix(60))])
        }
        self.text = text
    }

    package var description: String { text }
}

extension ClientIdentifier: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// An application of a department (委办局) that relies on this authority to say who somebody is.
package struct RelyingApplication: Hashable, Sendable, Codable {
    package var client: ClientIdentifier
    /// What the key agent shows to the holder before asking for the PIN: registered, never taken from a request.
    package var name: LocalisedText
    package var department: String
    /// Every origin from which a login for this application may be asked for, exactly.
    package var origins: [WebOrigin]

    package init(client: ClientIdentifier, name: LocalisedText, department: String, origins: [WebOrigin]) {
        self.client = client
        self.name = name
        self.department = department
        self.origins = origins
    }

    package func allows(_ origin: WebOrigin) -> Bool { origins.contains(origin) }

    /// What is shown must be readable: no control characters, nothing that turns the direction of writing.
    package var isShowable: Bool {
        [name.zh, name.en, department].allSatisfy { text in
            (1...60).contains(text.count)
                && text.unicodeScalars.allSatisfy { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
                        false
                    default: true
                    }
                }
        } && (1...20).contains(origins.count)
    }

    package var facts: CanonicalJSON {
        [
            "client": .string(client.text), "name_zh": .string(name.zh), "name_en": .string(name.en),
            "department": .string(department), "origins": .array(origins.map { .string($0.text) }),
        ]
    }
}
