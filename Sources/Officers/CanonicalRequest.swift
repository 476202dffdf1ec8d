package import Groundwork

/// An order as its officers sign it: one RFC 8785 encoding, read back only in that form.
///
/// `{"act", "expiresAt", "issuedAt", "nonce", "parameters", "reason", "subject", "version"}`; times are milliseconds
/// UTC, the nonce is 32 random bytes in hexadecimal and makes the order good for one time only.
package struct CanonicalRequest: Hashable, Sendable {
    package static let version: Int64 = 1
    /// No request is longer.
    package static let sizeLimit = 64 * 1024

    package let act: OfficerAct
    /// What the act is done to: a serial number, a medium number, a code; each act's room says which.
    package let subject: String
    /// Everything else that the officers must have seen, always an object.
    package let parameters: CanonicalJSON
    /// Why, in the officer's words.
    package let reason: String
    package let issuedAt: Instant
    package let expiresAt: Instant
    package let nonce: [UInt8]
    /// What is signed.
    package let bytes: [UInt8]

    /// A fresh request, good from now for `seconds`.
    package init(
        _ act: OfficerAct, subject: String, parameters: [String: CanonicalJSON] = [:], reason: String,
        validForSeconds seconds: Int64 = 600, in surroundings: Surroundings
    ) {
        let now = surroundings.now()
        self.init(
            act: act, subject: subject, parameters: .object(parameters), reason: reason, issuedAt: now,
            expiresAt: now.adding(seconds: seconds), nonce: surroundings.randomBytes(32))
    }

    private init(
        act: OfficerAct, subject: String, parameters: CanonicalJSON, reason: String, issuedAt: Instant,
        expiresAt: Instant, nonce: [UInt8]
    ) {
        self.act = act
        self.subject = subject
        self.parameters = parameters
        self.reason = reason
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.nonce = nonce
        self.bytes =
            CanonicalJSON.object([
                "version": .integer(Self.version),
                "act": .string(act.rawValue),
                "subject": .string(subject),
                "parameters": parameters,
                "reason": .string(reason),
                "issuedAt": .integer(issuedAt.milliseconds),
                "expiresAt": .integer(expiresAt.milliseconds),
                "nonce": .string(Hex.encode(nonce)),
            ]).bytes
    }

    /// A request from outside or from the store: exactly these members, in canonical form. Whether it binds what its
    /// act's form asks for is ``checkForm()``'s, for an older program's orders stay readable.
    /// - Throws: `officers.malformed-request`.
    package init(bytes: [UInt8]) throws(Refusal) {
        func malformed(_ detail: String) -> Refusal { Refusal(OfficersRefusal.malformedRequest, detail: detail) }
        let read: CanonicalJSON
        do { read = try CanonicalJSON(parsingCanonical: bytes, limit: Self.sizeLimit) } catch {
            throw malformed("\(error)")
        }
        guard let members = read.object, members.count == 8, members["version"]?.integer == Self.version else {
            throw malformed("not the eight members of version 1")
        }
        guard let act = members["act"]?.string.flatMap(OfficerAct.init(rawValue:)) else {
            throw malformed("unknown act")
        }
        guard let subject = members["subject"]?.string, let parameters = members["parameters"],
            parameters.object != nil, let reason = members["reason"]?.string,
            let issuedAt = members["issuedAt"]?.integer, let expiresAt = members["expiresAt"]?.integer,
            let nonceText = members["nonce"]?.string, let nonce = Hex.decode(nonceText), nonce.count == 32
        else { throw malformed("a member is missing or of another type") }
        self.init(
            act: act, subject: subject, parameters: parameters, reason: reason,
            issuedAt: Instant(milliseconds: issuedAt), expiresAt: Instant(milliseconds: expiresAt), nonce: nonce)
        // The nonce's digits are the one part that could be written in two ways (upper case).
        guard self.bytes == bytes else { throw malformed("not in canonical form") }
    }
}

extension CanonicalRequest {
    /// Refuses unless this orders that act on that subject with exactly these parameters.
    func require(
        _ act: OfficerAct, subject: String, parameters: [String: CanonicalJSON]
    ) throws(Refusal) {
        guard self.act == act else { throw wrongAct(act) }
        guard self.subject == subject else {
            throw Refusal(OfficersRefusal.wrongSubject, detail: "ordered for another subject")
        }
        guard CanonicalJSON.object(parameters) == self.parameters else {
            throw Refusal(OfficersRefusal.wrongParameters, detail: "ordered with other parameters")
        }
    }

    func wrongAct(_ wanted: OfficerAct) -> Refusal {
        Refusal(
            OfficersRefusal.wrongAct,
            facts: [
                "actZh": act.label.zh, "actEn": act.label.en, "wantedZh": wanted.label.zh, "wantedEn": wanted.label.en,
            ])
    }
}
