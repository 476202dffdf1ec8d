package import CertificateProfiles
internal import CertificateRecords
package import CertificateStatus
internal import Cryptography
internal import Groundwork
package import Installation
package import Logging
internal import TimeStamping

extension StatusResponses {
    /// What the authority of this process answers. A generation that is not known yet is looked for before it is
    /// denied.
    package init(_ authority: Authority, logger: Logger) {
        self.init(authority, authority.status, logger) { try await authority.timeStamps.respondToPublic($0) }
    }

    /// The same from a copy of the store, which promises a bound; it gives no time stamps.
    package init(_ authority: Authority, replica status: StatusService, logger: Logger) {
        self.init(authority, status, logger) { _ in
            TimeStampResponse.rejected(.timeNotAvailable, text: "this address gives no time stamps")
        }
    }

    private init(
        _ authority: Authority, _ status: StatusService, _ logger: Logger,
        timeStamp: @escaping @Sendable (_ request: [UInt8]) async throws -> [UInt8]
    ) {
        let now = authority.surroundings.now
        // A list may be repeated for a minute at the most, as an answer may: what was revoked is seen by then.
        @Sendable func seconds(until end: Instant) -> Int {
            let now = now()
            return max(0, min(60, status.repeatable(at: now) ?? 60, Int(end.seconds - now.seconds)))
        }
        self.init(
            ocsp: { request, issuer in
                guard await authority.knows(generation: issuer) else { return nil }
                let answer = await status.ocsp(request, issuer: issuer)
                if let fault = answer.fault {
                    logger.error("ocsp", metadata: ["issuer": "\(issuer)", "error": "\(fault)"])
                }
                return OCSPAnswer(
                    response: answer.der, maxAge: answer.maxAge(at: now()), lastModified: answer.thisUpdate,
                    tag: answer.tag)
            },
            certificateList: { issuer, text in
                guard await authority.knows(generation: issuer), let name = CRLName(text) else { return nil }
                do {
                    let list = try await status.crl(issuer: issuer, name)
                    return CachedResponse(
                        bytes: list.der, maxAge: seconds(until: list.nextUpdate), lastModified: list.thisUpdate,
                        tag: list.tag)
                } catch let refusal as Refusal where refusal.isBecause(CertificateStatusRefusal.unknownShard) {
                    return nil
                }
            },
            issuerCertificate: { issuer in
                await authority.knows(generation: issuer) ? try status.issuerCertificate(issuer) : nil
            },
            now: now,
            timeStamp: timeStamp,
            timeStampLimit: LimitedService(authority) { $0.timeStamps.public })
    }
}

extension LimitedService {
    /// A limit for third parties as the policy in force has it.
    package init(
        _ authority: Authority, _ rate: @escaping @Sendable (CertificatePolicy) -> CertificatePolicy.PublicRate
    ) {
        self.init(
            rates: RequestRates(monotonicNanoseconds: authority.surroundings.monotonicNanoseconds),
            rate: { rate(try await authority.policies.current().certificates) })
    }
}
