package import CertificateAuthority
internal import Groundwork

extension StatusAnswers {
    /// What the authority of this process answers. A generation that is not known yet is looked for before it is denied.
    package init(_ authority: Authority) {
        let now = authority.surroundings.now
        // A list may be repeated for a minute at the most, as an answer may: what was revoked is seen by then.
        @Sendable func seconds(until end: Instant) -> Int { max(0, min(60, Int(end.seconds - now().seconds))) }
        self.init(
            ocsp: { request, issuer in
                guard await authority.knows(generation: issuer) else { return nil }
                let answer = await authority.status.ocsp(request, issuer: issuer)
                return OCSPAnswer(
                    response: answer.der, maxAge: answer.maxAge(at: now()), lastModified: answer.thisUpdate,
                    tag: answer.tag)
            },
            certificateList: { issuer, text in
                guard await authority.knows(generation: issuer), let name = ListName(text) else { return nil }
                do {
                    let list = try await authority.status.crl(issuer: issuer, name)
                    return CachedAnswer(
                        bytes: list.der, maxAge: seconds(until: list.nextUpdate), lastModified: list.thisUpdate,
                        tag: list.tag)
                } catch let refusal as Refusal where refusal.isBecause(CertificateAuthorityRefusal.unknownShard) {
                    return nil
                }
            },
            issuerCertificate: { issuer in
                await authority.knows(generation: issuer) ? try authority.status.issuerCertificate(issuer) : nil
            },
            now: now,
            timeStamp: { request in try await authority.timeStamps.respondToPublic(request) },
            timeStampLimit: LimitedService(authority) { $0.timeStamps.public })
    }
}

extension LimitedService {
    /// A limit for strangers as the policy in force has it.
    package init(
        _ authority: Authority, _ rate: @escaping @Sendable (CertificatePolicy) -> CertificatePolicy.PublicRate
    ) {
        self.init(
            rates: RequestRates(monotonicNanoseconds: authority.surroundings.monotonicNanoseconds),
            rate: { rate(try await authority.policies.current().certificates) })
    }
}
