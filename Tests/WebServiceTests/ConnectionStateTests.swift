import Testing

@testable import WebService

/// When a connection waits for its client and when it ends, without a network.
@Suite struct ConnectionStateTests {
    private let limits = ConnectionState.Limits(head: 15, body: 30, idle: 60, response: 20, drain: 3)

    @Test func aConnectionOnWhichNothingIsAskedIsClosed() {
        var state = ConnectionState(limits: limits, at: 100)
        #expect(state.timedOut(at: 114) == .later(115))
        #expect(state.timedOut(at: 115) == .close)
    }

    @Test func bytesThatDripDoNotProlongARequest() {
        var state = ConnectionState(limits: limits, at: 0)
        state.head(isLast: false, at: 10)
        // Whatever came of the body in between, the request has its 30.
        #expect(state.timedOut(at: 39) == .later(40))
        #expect(state.timedOut(at: 40) == .cutOff)
        // Whoever reads the body answers, and that is the last answer; if nobody does, the connection ends too.
        #expect(state.responseBegins() == true)
        #expect(state.responseEnds(bytes: 10, at: 41) == true)
        #expect(state.timedOut(at: 44) == .close)
    }

    @Test func oursIsTheTimeBetweenQuestionAndAnswer() {
        var state = ConnectionState(limits: limits, at: 0)
        state.head(isLast: false, at: 1)
        state.end()
        #expect(state.deadline == nil && state.timedOut(at: 10_000) == nil)
        #expect(state.responseBegins() == false)
        #expect(state.responseEnds(bytes: 5, at: 200) == false)
        state.flushed()
        #expect(state.phase == .waiting && state.deadline == 260)
    }

    @Test func anAnswerThatIsNotReadIsGivenUp() {
        var state = ConnectionState(limits: limits, at: 0)
        state.head(isLast: false, at: 1)
        state.end()
        _ = state.responseBegins()
        _ = state.responseEnds(bytes: 5, at: 200)
        #expect(state.timedOut(at: 220) == .close)
    }

    @Test func anAnswerBeforeTheEndOfItsRequestIsTheLast() {
        var state = ConnectionState(limits: limits, at: 0)
        state.head(isLast: false, at: 1)
        #expect(state.responseBegins() == true)
        #expect(state.responseEnds(bytes: 5, at: 2) == true)
        state.drain(at: 3)
        #expect(!state.reads && !state.mayRespond)
        #expect(state.threwAway(1 << 20) == false)
        #expect(state.threwAway(1) == true)
        #expect(state.timedOut(at: 6) == .close)
    }

    @Test func nothingIsReadAfterARequestThatIsTheLast() {
        var state = ConnectionState(limits: limits, at: 0)
        state.head(isLast: true, at: 1)
        #expect(state.reads)
        state.end()
        #expect(!state.reads)
        #expect(state.responseBegins() == true)
        #expect(state.responseEnds(bytes: 5, at: 2) == true)
    }

    @Test func ofSeveralQuestionsTheLastAnswerEndsTheConnection() {
        var state = ConnectionState(limits: limits, at: 0)
        state.head(isLast: false, at: 1)
        state.end()
        state.head(isLast: true, at: 1)
        state.end()
        #expect(state.responseBegins() == false)
        #expect(state.responseEnds(bytes: 5, at: 2) == false)
        #expect(state.responseBegins() == true)
        #expect(state.responseEnds(bytes: 5, at: 2) == true)
    }

    @Test func whoEndsSoonEndsAtOnceWhereNothingIsOnItsWay() {
        var idle = ConnectionState(limits: limits, at: 0)
        let idleEnds = idle.endsSoon()
        #expect(idleEnds)
        var busy = ConnectionState(limits: limits, at: 0)
        busy.head(isLast: false, at: 1)
        busy.end()
        let busyEnds = busy.endsSoon()
        #expect(!busyEnds)
        #expect(busy.responseBegins() == true)
    }
}

/// Who may have how many connections.
@Suite struct ConnectionTableTests {
    private func admitted(_ table: ConnectionTable, _ client: String?) -> ConnectionTable.Number? {
        guard case .admitted(let number) = table.admit(client.map { ClientAddress($0) }, close: {}) else { return nil }
        return number
    }

    @Test func oneClientHasSoManyAndOthersTheRest() throws {
        let table = ConnectionTable(most: 10, perClient: 3)
        let numbers = (0..<5).map { _ in admitted(table, "2001:db8::1") }
        #expect(numbers.map { $0 != nil } == [true, true, true, false, false])
        // The same /64 is the same client.
        #expect(admitted(table, "2001:db8::ffff:1") == nil)
        #expect(admitted(table, "2001:db8:0:1::1") != nil)
        table.remove(try #require(numbers[0]))
        #expect(admitted(table, "2001:db8::1") != nil)
    }

    @Test func aNewcomerTakesThePlaceOfWhoWaitedLongest() throws {
        let table = ConnectionTable(most: 4, perClient: 4)
        let numbers = try (0..<4).map { try #require(admitted(table, "192.0.2.\($0)")) }
        // The first one is answered at the moment, the second asked again since.
        table.note(numbers[0], isWaiting: false)
        table.note(numbers[1], isWaiting: true)
        #expect(admitted(table, "192.0.2.9") != nil)
        #expect(table.count == 4)
        // The third went: its number says nothing any more.
        table.remove(numbers[2])
        #expect(table.count == 4)
        table.remove(numbers[0])
        table.remove(numbers[1])
        #expect(table.count == 2)
    }

    @Test func whereAllAreBusyNobodyElseComesIn() throws {
        let table = ConnectionTable(most: 2, perClient: 2)
        for client in ["192.0.2.1", "192.0.2.2"] { table.note(try #require(admitted(table, client)), isWaiting: false) }
        #expect(admitted(table, "192.0.2.3") == nil)
        #expect(admitted(table, nil) == nil)
    }
}
