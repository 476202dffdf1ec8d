import Groundwork
import LegalEntities
import Testing

@Suite struct LegalEntitiesRefusalTests {
    @Test func refusalsSpeakBothLanguages() {
        for reason in LegalEntitiesRefusal.allCases {
            #expect(!reason.message.zh.isEmpty && !reason.message.en.isEmpty)
            #expect(!reason.nextStep.zh.isEmpty && !reason.nextStep.en.isEmpty)
        }
        #expect(RegistryStatus.allCases.map(\.label).allSatisfy { !$0.zh.isEmpty && !$0.en.isEmpty })
    }
}
