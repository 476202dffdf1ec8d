import CertificateRecords
import Groundwork
import Testing

@testable import AuthorityFixtures

@Suite struct StateTests {
    @Test func `Revoked and expired certificates stay so`() {
        for transition in CertificateTransition.allCases {
            #expect(CertificateState.revoked.after(transition) == nil)
            #expect(CertificateState.expired.after(transition) == nil)
        }
    }

    @Test func `Only a suspended certificate resumes, only an issued one is activated`() {
        #expect(CertificateState.allCases.filter { $0.after(.resume) != nil } == [.suspended])
        #expect(CertificateState.allCases.filter { $0.after(.activate) != nil } == [.issued])
    }

    @Test func `Every state and transition has a Chinese label of its own`() {
        #expect(Set(CertificateState.allCases.map(\.label.zh)).count == CertificateState.allCases.count)
        #expect(Set(CertificateTransition.allCases.map(\.label.zh)).count == CertificateTransition.allCases.count)
    }
}
