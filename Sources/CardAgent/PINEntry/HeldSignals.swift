internal import Foundation
internal import Synchronization

/// The signals by which a person ends a program, kept back until they are released: then they have their effect.
struct HeldSignals {
    private static let received = Atomic<Int32>(0)
    private let before: [(number: Int32, handler: sighandler_t?)]

    var number: Int32 { Self.received.load(ordering: .relaxed) }

    init() {
        Self.received.store(0, ordering: .relaxed)
        before = [SIGINT, SIGTERM, SIGHUP, SIGQUIT].map { number in
            (number, signal(number) { HeldSignals.received.store($0, ordering: .relaxed) })
        }
    }

    func release() {
        for (number, handler) in before { signal(number, handler) }
        if number != 0 { kill(getpid(), number) }
    }
}
