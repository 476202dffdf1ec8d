import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import KeyCustody
import Reconciliation
import Storage

/// The second set: what an authority with many certificates does, each figure at two sizes of the store. Started by
/// `Tools/benchmark authority` once for each family and size, on an authority that `yzt init` made:
/// authority FOLDER FAMILY CERTIFICATES SECONDS SPEED-FOLDER YZT [PART]. P-256 is measured in full, SM2 and RSA in what
/// depends on them.
struct AuthorityBenchmark {
    let store: FilledStore
    let seconds: Double
    let yardstick: OpenSSLSpeed
    /// Where Tools/benchmark left what other programs took.
    let yardsticks: String
    let yzt: String
    let figures: Figures

    static func run(_ arguments: [String]) async throws {
        guard (6...7).contains(arguments.count), let family = AlgorithmFamily(rawValue: arguments[1]),
            let count = Int(arguments[2]), let seconds = Double(arguments[3])
        else { exit(64) }
        let yardstick = try OpenSSLSpeed(family, folder: arguments[4])
        let figures = Figures(family: family, count: count, file: "\(arguments[4])/figures-\(family.rawValue)")
        let store = try await FilledStore.open(folder: arguments[0], family: family)
        let filling = try await store.fill(count)
        figures.note("store filled", "\(Int(filling.seconds)) s for \(count) certificates; signatures of one template")
        let only = arguments.count > 6 ? arguments[6] : nil
        let benchmark = AuthorityBenchmark(
            store: store, seconds: seconds, yardstick: yardstick, yardsticks: arguments[4],
            yzt: arguments[5], figures: figures)
        func wants(_ part: String) -> Bool { only == nil || only == part }
        if family != .rsa2048, wants("clients") { try await benchmark.measureClients() }
        if wants("bulk") { try await benchmark.measureBulk() }
        if family == .p256 {
            if wants("journal") { try await benchmark.measureJournal() }
            if wants("lists") { try await benchmark.measureLists() }
            if wants("reconciliation") { try await benchmark.measureReconciliation() }
            if wants("service") { try await benchmark.measureService() }
        }
        await store.database.close()
    }

    /// Certificates a second, one by one by sixteen callers; the requests are made before.
    func measureClients() async throws {
        let single = try await store.requests(Int(seconds * 3000))
        let queue = WorkList(single)
        let (start, used) = (store.now(), Self.processorSeconds())
        let authority = store.authority
        let end = start + UInt64(seconds * 1e9)
        let now = store.now
        let done = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    var count = 0
                    while now() < end, let request = queue.next() {
                        _ = try await authority.issuance.issue(request)
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        let rate = Double(done) / store.seconds(since: start)
        figures.rate(
            "issue: durable, 16 clients", rate, rate / yardstick.both, "sign+verify", note: Self.processor(used, done))
    }

    /// Certificates a second in bulk.
    func measureBulk() async throws {
        let authority = store.authority
        let many = try await store.requests(Int(seconds * (store.family == .rsa2048 ? 1000 : 3000)))
        _ = try await authority.issuance.issueMany(Array(many.prefix(200)))
        let (begun, usedBefore) = (store.now(), Self.processorSeconds())
        let results = try await authority.issuance.issueMany(Array(many.dropFirst(200)))
        let issued = try results.map { try $0.get() }.count
        let bulk = Double(issued) / store.seconds(since: begun)
        let aim =
            switch store.family {
            case .p256: "3000/s"
            case .sm2: "0.80"
            case .rsa2048: ""
            }
        figures.rate(
            "issue: durable, in bulk", bulk, bulk / yardstick.both, "sign+verify", aim: aim,
            note: Self.processor(usedBefore, issued) + "; each verifies a PKCS#10 too; openssl speed uses one processor"
        )
    }

    /// Lines a second of a signer's journal alone: what keeping one allows at most.
    func measureJournal() async throws {
        let journal = SigningJournal(
            path: store.folder + "/measured.signed", key: store.issuer.certificate.publicKey,
            surroundings: store.surroundings)
        let message = [UInt8](repeating: 0x30, count: 900)
        let now = store.now
        for (callers, lines) in [(16, 1), (3, 200)] {
            let messages = [[UInt8]](repeating: message, count: lines)
            let start = now()
            let end = start + UInt64(seconds * 1e9)
            let done = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<callers {
                    group.addTask {
                        var count = 0
                        while now() < end {
                            try await journal.record(messages)
                            count += lines
                        }
                        return count
                    }
                }
                return try await group.reduce(0, +)
            }
            figures.rate(
                "journal: \(callers) callers, \(lines) at once", Double(done) / store.seconds(since: start), nil, "-",
                note: "durable lines")
        }
    }

    /// What this process has used so far: on a machine that others use too, the surer figure.
    static func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }

    private static func processor(_ before: Double, _ count: Int) -> String {
        String(format: "%.2f ms of processor each", (processorSeconds() - before) * 1000 / Double(max(1, count)))
    }

    /// The whole comparison, with a journal that has a line for each certificate; and the forecast.
    func measureReconciliation() async throws {
        try await store.fillJournal()
        let start = store.now()
        let differences = WorkList<Difference>([])
        let summary = try await store.reconciliation().run { differences.add($0) }
        let seconds = store.seconds(since: start)
        guard summary.differences == 0 else {
            throw Unexpected(
                what: "\(summary.differences) differences, the first \(differences.next().map { "\($0)" } ?? "")")
        }
        figures.milliseconds(
            "reconcile", seconds * 1000, nil,
            note: "\(Int(Double(summary.certificates) / seconds)) certificates a second")
        let before = store.now()
        let lines = try await store.authority.expiryForecast(weeks: 156).lines
        figures.milliseconds("forecast", store.seconds(since: before) * 1000, nil, note: "\(lines.count) lines")
    }

    struct Unexpected: Error { let what: String }
}
