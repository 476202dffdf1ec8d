import Cryptography
import Testing

@Suite struct RevocationReasonTests {
    /// RFC 5280, 5.3.1 (aACompromise as the audit has always spelled it).
    @Test func namesAreTheStandards() {
        let named = RevocationReason.allCases.map { "\($0.rawValue) \($0.name)" }
        #expect(
            named == [
                "0 unspecified", "1 keyCompromise", "2 caCompromise", "3 affiliationChanged", "4 superseded",
                "5 cessationOfOperation", "6 certificateHold", "8 removeFromCRL", "9 privilegeWithdrawn",
                "10 aaCompromise",
            ])
        for reason in RevocationReason.allCases { #expect(RevocationReason(name: reason.name) == reason) }
        #expect(RevocationReason(name: "KeyCompromise") == nil)
    }
}
