import AgentProtocol
import Groundwork
import Officers
@testable import Personalisation
import SecurityKeys
import Testing
import VirtualKey

/// What is stated at stock-in is what the officer signed, and stays with the key.
@Suite struct StockTests {
    @Test func `A label is short and plain, or refused`() throws {
        let stock = try KeyStock(batch: "2026-11", servicePoint: "SP_07.a")
        #expect(stock.orderParameters == ["batch": .string("2026-11"), "servicePoint": .string("SP_07.a")])
        #expect(KeyStock.unstated.orderParameters.isEmpty)
        for label in ["", "a b", "批次", "x'--", String(repeating: "9", count: 33)] {
            #expect(throws: Refusal(SecurityKeysRefusal.badStockLabel)) {
                try KeyStock(batch: label, servicePoint: nil)
            }
            #expect(throws: Refusal(SecurityKeysRefusal.badStockLabel)) {
                try KeyStock(batch: nil, servicePoint: label)
            }
        }
    }

    @Test func `A key keeps the stock that was ordered, and no other is accepted`() async throws {
        let desk = try await TestDesk()
        let name = MediumNumber.random(in: .real)
        let stock = try KeyStock(batch: "B-1", servicePoint: "SP-01")
        func begin(_ stated: KeyStock, orderedFor ordered: KeyStock) async throws {
            let medium = desk.medium(VirtualCardTransport(desk.card(pool: .shared)))
            let facts = try await desk.personaliser.identify(medium)
            let order = try await desk.personaliser.order(for: .stockIn(name, ordered), facts)
            _ = try await desk.personaliser.begin(
                .stockIn(name, stated), facts, order: desk.officers.authorise(order))
        }
        let other = try KeyStock(batch: "B-1", servicePoint: "SP-02")
        for stated in [other, .unstated] {
            await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
                try await begin(stated, orderedFor: stock)
            }
        }
        try await begin(stock, orderedFor: stock)
        #expect(try await desk.key(name).stock == stock)
    }
}
