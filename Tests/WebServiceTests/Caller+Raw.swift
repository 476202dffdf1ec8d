import Foundation
import OtherPrograms
import Testing

extension Caller {
    /// What came back on a connection of its own, and how it ended.
    struct Exchange: Decodable, Sendable {
        var text: String
        /// Whether the service closed it (and did not reset it).
        var isClosed: Bool
        var seconds: Double
        /// The status lines of all answers.
        var statuses: [Int] {
            text.matches(of: /HTTP\/1\.1 ([0-9]{3})/).compactMap { Int($0.1) }
        }
    }

    /// Sends bytes as they are and reads until the service closes, at most `seconds` long.
    ///
    /// - Parameters:
    ///   - source: the client's own address, of this machine.
    ///   - drips: sent one after the other, a byte each `pause`, after the first bytes.
    func exchange(
        _ port: Int, _ sent: String, from source: String = "127.0.0.1", drips: Int = 0, pause: Double = 0.25,
        seconds: Int = 20
    ) async throws -> Exchange {
        try write(sent, "sent-\(sent.hashValue)")
        let program = """
            import json, select, socket, sys, time
            port, name, source, drips, pause, longest = sys.argv[1:]
            begun = time.time(); end = begun + float(longest)
            s = socket.create_connection(("127.0.0.1", int(port)), source_address=(source, 0))
            s.sendall(open(name, "rb").read())
            got, closed, left, due = b"", False, int(drips), time.time() + float(pause)
            while time.time() < end:
                wait = min(end, due) - time.time() if left else end - time.time()
                if select.select([s], [], [], max(0, wait))[0]:
                    try: part = s.recv(65536)
                    except ConnectionError: break
                    if not part: closed = True; break
                    got += part
                elif left:
                    try: s.send(b"x")
                    except OSError: break
                    left -= 1; due = time.time() + float(pause)
            print(json.dumps({"text": got.decode("utf-8", "replace"), "isClosed": closed, "seconds": time.time() - begun}))
            """
        let outcome = try await run([
            "python3", "-c", program, "\(port)", "sent-\(sent.hashValue)", source, "\(drips)", "\(pause)", "\(seconds)",
        ])
        try #require(outcome.status == 0, "\(outcome.complaints)")
        return try JSONDecoder().decode(Exchange.self, from: Data(outcome.output))
    }
}
