import Audit
import CreditCodes
import Groundwork
import LegalEntities
import Officers
import Storage
import Testing

@Suite struct RegistryStoreTests {
    let registry: Registry
    let code: UnifiedSocialCreditCode
    var store: RegistryStore { registry.store }

    init() async throws {
        registry = try await Registry()
        code = try registry.code("91310000631291289X")
        _ = try await registry.imported(
            try registry.file(
                """
                \(RegistryLine.header)
                \(RegistryLineTests.good)
                \(RegistryFeedTests.other)
                914403001922038216,甲公司,有限责任公司,310101,赵磊,deregistered
                """))
    }

    @Test func onlyAnExistingEntityMayHoldKeys() async throws {
        #expect(try await store.holder(code).name == "上海市数字证书认证中心有限公司")
        let gone = try registry.code("914403001922038216")
        let refusal = await #expect(throws: Refusal.self) { try await store.holder(gone) }
        #expect(refusal?.isBecause(LegalEntitiesRefusal.notActive) == true)
        #expect(refusal?.message.zh.contains("注销") == true)
        let unknown = try registry.code("91330100799655058B")
        await #expect(throws: Refusal(LegalEntitiesRefusal.notInRegistry)) { try await store.holder(unknown) }
    }

    private func known(_ code: UnifiedSocialCreditCode) async throws -> LegalEntity {
        let store = self.store
        return try await registry.database.write { try store.knownEntity(of: code, actor: .system, in: $0) }
    }

    @Test func anEntityKeepsItsSubject() async throws {
        let entity = try await known(code)
        #expect(try await known(code) == entity)
        _ = try await registry.imported(
            try registry.file(RegistryLine.header + "\n" + RegistryLineTests.good.replacing("数字", with: "新")))
        #expect(try await known(code).subject == entity.subject)
        #expect(try await store.entity(subject: entity.subject) == entity)
        #expect(try await store.entity(of: code) == entity)
        #expect(entity.subject.text.utf8.count == 32)
        #expect(SubjectIdentifier(text: entity.subject.text) == entity.subject)
        #expect(try await known(registry.code("91310000132260250X")).subject != entity.subject)
    }

    @Test func theSubjectSurvivesAnotherCode() async throws {
        let entity = try await known(code)
        let next = try registry.code("91310000132260250X")
        func move(_ subject: SubjectIdentifier, to code: UnifiedSocialCreditCode) async throws -> LegalEntity {
            let authorisation = try await registry.register.authorise(
                RegistryStore.request(toMove: subject, to: code, reason: "合并", in: registry.surroundings),
                by: [registry.first])
            let store = self.store
            return try await registry.database.write {
                try store.move(subject, to: code, authorisedBy: authorisation, in: $0)
            }
        }
        let moved = try await move(entity.subject, to: next)
        #expect(moved.subject == entity.subject && moved.code == next)
        #expect(try await store.entity(of: code) == nil)
        let another = try await known(code)
        await #expect(throws: Refusal(LegalEntitiesRefusal.codeTaken)) { try await move(another.subject, to: next) }
        let gone = try registry.code("914403001922038216")
        await #expect(throws: Refusal(LegalEntitiesRefusal.notActive)) { try await move(another.subject, to: gone) }
        let stranger = SubjectIdentifier(in: registry.surroundings)
        await #expect(throws: Refusal(LegalEntitiesRefusal.unknownSubject)) { try await move(stranger, to: code) }
    }
}

@Suite struct OverriddenCodeTests {
    @Test func twoOfficersOverrideACodeThatReallyExists() async throws {
        let registry = try await Registry()
        let (store, text) = (registry.store, Codes.realButWrong)
        await #expect(throws: Refusal(CreditCodesRefusal.creditCheckDigit)) { try await store.code(text) }
        let line = "\(text),某公司,有限责任公司,310101,赵磊,active"
        let feed = RegistryLine.header + "\n" + line
        #expect(try await registry.imported(try registry.file(feed)).bad == 1)

        let request = try store.request(toOverride: text, reason: "执照核对无误")
        await #expect(throws: Refusal(OfficersRefusal.signatureCount)) {
            try await registry.register.authorise(request, by: [registry.first])
        }
        let authorisation = try await registry.register.authorise(request, by: [registry.first, registry.second])
        let overridden = try await store.override(text, authorisedBy: authorisation)
        #expect(overridden.code.isOverridden && overridden.code.text == text && overridden.reason == "执照核对无误")
        await #expect(throws: Refusal(OfficersRefusal.alreadyUsed)) {
            try await store.override(text, authorisedBy: authorisation)
        }

        #expect(try await store.code(text).isOverridden)
        #expect(try await registry.imported(try registry.file(feed)).added == 1)
        #expect(try await store.holder(store.code(text)).name == "某公司")
        let audited = try await registry.audited().last { $0.act == "registry.code.overridden" }
        #expect(audited?.line["facts"]?["defects"] == ["legal-entities.credit-check-digit"])
        #expect(audited?.line["subject"]?.string == text)
    }

    @Test func onlyArithmeticAndPrefixesCanBeOverridden() async throws {
        let registry = try await Registry()
        for text in ["", "9131", "91310000631291289x", "9131O000631291289X", "９1310000631291289X"] {
            #expect(throws: Refusal(LegalEntitiesRefusal.overrideNotAllowed)) {
                try registry.store.request(toOverride: text, reason: "x")
            }
        }
        #expect(throws: Refusal(LegalEntitiesRefusal.overrideNotNeeded)) {
            try registry.store.request(toOverride: "91310000631291289X", reason: "x")
        }
    }

    @Test func anOverrideIsForOneCode() async throws {
        let registry = try await Registry()
        let authorisation = try await registry.register.authorise(
            try registry.store.request(toOverride: Codes.realButWrong, reason: "x"),
            by: [registry.first, registry.second])
        await #expect(throws: Refusal(OfficersRefusal.wrongSubject)) {
            try await registry.store.override("91350211M0000XUF47", authorisedBy: authorisation)
        }
    }
}
