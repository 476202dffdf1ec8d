package import Groundwork

/// How long a login may take and how large its parts may be: `Policies/login.yaml`.
package struct LoginPolicy: Hashable, Sendable, Codable {
    /// What a challenge lives when nobody asks for less.
    package var challengeSeconds: Int64
    /// The shortest life that may be asked for.
    package var shortestChallengeSeconds: Int64
    /// Where it is said whether a login is substantial or high: RFC 6711's acr value that this authority claims.
    package var acr: String
    package var limits: Limits
    /// How often strangers may ask; absent in policies that are older than it: ``Rates/usual``.
    package var rates: Rates?

    /// What one client, one application and all together may ask for in a minute, and how much of it at once: each
    /// challenge is signed and stored, each answer to one too.
    package struct Rates: Hashable, Sendable, Codable {
        package var clientPerMinute: Int
        package var clientBurst: Int
        package var applicationPerMinute: Int
        package var applicationBurst: Int
        package var allPerMinute: Int
        package var allBurst: Int

        enum CodingKeys: String, CodingKey {
            case clientPerMinute = "client-per-minute"
            case clientBurst = "client-burst"
            case applicationPerMinute = "application-per-minute"
            case applicationBurst = "application-burst"
            case allPerMinute = "all-per-minute"
            case allBurst = "all-burst"
        }

        package init(
            clientPerMinute: Int, clientBurst: Int, applicationPerMinute: Int, applicationBurst: Int, allPerMinute: Int,
            allBurst: Int
        ) {
            self.clientPerMinute = clientPerMinute
            self.clientBurst = clientBurst
            self.applicationPerMinute = applicationPerMinute
            self.applicationBurst = applicationBurst
            self.allPerMinute = allPerMinute
            self.allBurst = allBurst
        }

        /// What holds where the policy says nothing.
        package static let usual = Rates(
            clientPerMinute: 600, clientBurst: 120, applicationPerMinute: 6000, applicationBurst: 600,
            allPerMinute: 12_000, allBurst: 1200)

        fileprivate var isPositive: Bool {
            [clientPerMinute, clientBurst, applicationPerMinute, applicationBurst, allPerMinute, allBurst]
                .allSatisfy { (1...10_000_000).contains($0) }
        }
    }

    package struct Limits: Hashable, Sendable, Codable {
        package var statementBytes: Int
        package var signatureBytes: Int
        package var certificateBytes: Int

        enum CodingKeys: String, CodingKey {
            case statementBytes = "statement-bytes"
            case signatureBytes = "signature-bytes"
            case certificateBytes = "certificate-bytes"
        }

        package init(statementBytes: Int, signatureBytes: Int, certificateBytes: Int) {
            self.statementBytes = statementBytes
            self.signatureBytes = signatureBytes
            self.certificateBytes = certificateBytes
        }
    }

    enum CodingKeys: String, CodingKey {
        case challengeSeconds = "challenge-seconds"
        case shortestChallengeSeconds = "shortest-challenge-seconds"
        case acr, limits, rates
    }

    package init(
        challengeSeconds: Int64, shortestChallengeSeconds: Int64, acr: String, limits: Limits, rates: Rates? = nil
    ) {
        self.challengeSeconds = challengeSeconds
        self.shortestChallengeSeconds = shortestChallengeSeconds
        self.acr = acr
        self.limits = limits
        self.rates = rates
    }

    /// The policy as the file's text says it.
    package init(yaml: String, file: String = "Policies/login.yaml") throws(Refusal) {
        self = try StrictYAML.decode(LoginPolicy.self, from: yaml, file: file)
        guard (1...challengeSeconds).contains(shortestChallengeSeconds), challengeSeconds <= 600,
            limits.statementBytes > 0, limits.signatureBytes > 0, limits.certificateBytes > 0,
            !acr.isEmpty, rates?.isPositive ?? true
        else {
            throw Refusal(AuthenticationRefusal.lifetimeOutOfRange, facts: ["least": "1", "most": "600"])
        }
    }

    /// - Returns: `asked` if the policy allows it, the usual life if nothing was asked.
    package func lifetime(asked: Int64?) throws(Refusal) -> Int64 {
        guard let asked else { return challengeSeconds }
        guard (shortestChallengeSeconds...challengeSeconds).contains(asked) else {
            throw Refusal(
                AuthenticationRefusal.lifetimeOutOfRange,
                facts: ["least": "\(shortestChallengeSeconds)", "most": "\(challengeSeconds)"])
        }
        return asked
    }
}
