internal import CertificateProfiles
package import Installation
internal import LongTermEvidence

extension ValidityAnswers {
    /// What the authority of this process answers.
    package init(_ authority: Authority) {
        self.init(
            answer: { question, instant in try await authority.validity.answerPublic(question, at: instant) },
            limit: LimitedService(authority) { $0.validity.public })
    }
}
