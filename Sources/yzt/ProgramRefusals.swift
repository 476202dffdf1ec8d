import CardAgent
import Groundwork
import PIV

/// What is refused by the program itself and at its readers, for the page that explains every code.
enum ProgramRefusals {
    static let all: [any RefusalReason.Type] = [CommandRefusal.self, CardRefusal.self, CardAgentRefusal.self]
}
