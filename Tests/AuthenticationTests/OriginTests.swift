import Groundwork
import Testing

@testable import Authentication

@Suite struct OriginTests {
    @Test(arguments: [
        "https://portal.example.gov.cn", "https://portal.example.gov.cn:8443", "http://127.0.0.2:8080",
        "http://localhost:3000", "https://a",
    ])
    func exactOriginsAreTaken(text: String) throws { #expect(try WebOrigin(text).text == text) }

    @Test(arguments: [
        "", "https://", "https://Portal.example", "https://portal.example/", "https://portal.example/path",
        "https://portal.example:443", "https://portal.example:0", "https://portal.example:08443",
        "https://portal.example:99999", "https://user@portal.example", "http://portal.example",
        "http://127.0.0.1.evil.cn",
        "http://127.0.0.01", "null", "https://portal..example", "https://-a.example", "https://portal.example?x",
        "https://门户.example", "ftp://portal.example", "https://portal.example:", "https://portal.example:+1",
    ])
    func anythingElseIsRefused(text: String) {
        #expect(throws: Refusal(AuthenticationRefusal.malformedOrigin)) { _ = try WebOrigin(text) }
    }

    @Test(arguments: ["ab", "Portal", "-abc", "abc-", "a b c", String(repeating: "a", count: 41), "税务"])
    func clientsHaveOneForm(text: String) {
        #expect(throws: Refusal(AuthenticationRefusal.malformedClient)) { _ = try ClientIdentifier(text) }
    }

    @Test func namesThatDeceiveAreNotRegistered() throws {
        var application = RelyingApplication(
            client: try ClientIdentifier("tax-portal"), name: LocalisedText(zh: "税务", en: "Tax"), department: "税务局",
            origins: [try WebOrigin("https://a.example")])
        #expect(application.isShowable)
        application.name.en = "Tax\u{202E}xaT"
        #expect(!application.isShowable)
        application.name.en = "Tax\n"
        #expect(!application.isShowable)
        application.name.en = "Tax"
        application.origins = []
        #expect(!application.isShowable)
    }
}
