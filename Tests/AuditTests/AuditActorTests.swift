import Audit
import Testing

/// Who did something, as other tables store it: fixtures that are read for ever.
@Suite struct AuditActorTests {
    static let officer = "officer_0192d3b0c1d27e8f9a0b1c2d3e4f5061"

    @Test(
        arguments: [
            ("system", .system), ("bootstrap", .bootstrap), ("public", .public),
            ("officer:officer_0192d3b0c1d27e8f9a0b1c2d3e4f5061", .officer(officer)), ("holder:00ff", .holder("00ff")),
        ] as [(String, AuditActor)])
    func isWrittenAndReadInOneSpelling(text: String, actor: AuditActor) {
        #expect(actor.stored == text)
        #expect(AuditActor(stored: text) == actor)
    }

    /// What stores have from programs that wrote Swift's own description, or the identifier alone.
    @Test(
        arguments: [
            (#"officer("officer_0192d3b0c1d27e8f9a0b1c2d3e4f5061")"#, .officer(officer)),
            (#"holder("00ff")"#, .holder("00ff")), ("officer_0192d3b0c1d27e8f9a0b1c2d3e4f5061", .officer(officer)),
        ] as [(String, AuditActor)])
    func olderSpellingsAreRead(text: String, actor: AuditActor) { #expect(AuditActor(stored: text) == actor) }

    @Test(arguments: ["", "officer:", "officer(\"\")", "somebody", "holder("])
    func nothingElseIsAnActor(text: String) { #expect(AuditActor(stored: text) == nil) }
}
