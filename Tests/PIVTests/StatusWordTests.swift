import Groundwork
import Testing

@testable import PIV

@Suite struct StatusWordTests {
    @Test(arguments: [(0x63C2, 2), (0x63C0, 0), (0x6983, 0), (0x9000, nil), (0x6A82, nil)] as [(UInt16, Int?)])
    func triesLeftComeFromTheCard(raw: UInt16, expected: Int?) {
        #expect(StatusWord(rawValue: raw).triesLeft == expected)
    }

    @Test(arguments: [(0x6100, 256), (0x6110, 16), (0x9000, nil), (0x6C10, nil)] as [(UInt16, Int?)])
    func bytesWaiting(raw: UInt16, expected: Int?) {
        #expect(StatusWord(rawValue: raw).bytesWaiting == expected)
    }

    @Test(arguments: [(0x6C00, 256), (0x6C20, 32), (0x6120, nil)] as [(UInt16, Int?)])
    func correctLength(raw: UInt16, expected: Int?) {
        #expect(StatusWord(rawValue: raw).correctLength == expected)
    }

    @Test(
        arguments: [
            (0x9000, true), (0x6A82, true), (0x6000, false), (0x0000, false), (0xFFFF, false), (0x5A00, false),
        ] as [(UInt16, Bool)])
    func onlySomeNumbersMayEndAnAnswer(raw: UInt16, expected: Bool) {
        #expect(StatusWord(rawValue: raw).isWellFormed == expected)
    }

    @Test func blockedInEitherFormIsOneError() {
        #expect(CardError(StatusWord(rawValue: 0x63C0)) == .blocked)
        #expect(CardError(StatusWord(rawValue: 0x6983)) == .blocked)
        #expect(CardError(StatusWord(rawValue: 0x63C1)) == .wrongPIN(triesLeft: 1))
        #expect(CardError(.done) == nil)
    }

    @Test func everyErrorHasARefusal() {
        let errors: [CardError] = [
            .serviceUnavailable(code: 1), .libraryMissing("x"), .readerUnavailable(name: "r"), .noCard, .cardRemoved,
            .cardInUse, .mute, .timedOut, .malformedAnswer("x"), .notPIV, .refused(.failure), .wrongPIN(triesLeft: 2),
            .blocked, .notAuthenticated, .notFound, .tooLarge, .unsupported, .notGenuine, .wrongManagementKey,
            .badSecretLength, .sessionEnded,
        ]
        #expect(Set(errors.map(\.refusal.code)).count == CardRefusal.allCases.count)
        for error in errors {
            #expect(!error.refusal.message.zh.contains("{") && !error.refusal.message.en.contains("{"))
        }
    }
}
