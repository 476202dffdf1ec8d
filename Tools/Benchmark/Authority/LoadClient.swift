import Foundation
import Synchronization

/// A keep-alive connection that sends one request and reads its answer, again and again, over a blocking socket.
final class KeepAliveConnection {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    /// `nil` while nobody listens there.
    init?(host: String, port: Int) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        inet_pton(AF_INET, host, &address.sin_addr)
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            close(descriptor)
            return nil
        }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// The body of the answer, which must be a 200 with its length stated.
    func exchange(_ request: [UInt8]) throws -> ArraySlice<UInt8> {
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Broken(what: "send") }
            sent += count
        }
        buffer.removeAll(keepingCapacity: true)
        while true {
            try receive()
            guard let end = Self.headerEnd(buffer) else { continue }
            let header = String(decoding: buffer[..<end], as: UTF8.self).lowercased()
            guard header.hasPrefix("http/1.1 200") else { throw Broken(what: String(header.prefix(60))) }
            guard let mark = header.range(of: "content-length: "),
                let length = Int(header[mark.upperBound...].prefix { $0.isNumber })
            else { throw Broken(what: "no length") }
            while buffer.count < end + 4 + length { try receive() }
            return buffer[(end + 4)..<(end + 4 + length)]
        }
    }

    private func receive() throws {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { throw Broken(what: "receive") }
        buffer.append(contentsOf: bytes[..<count])
    }

    private static func headerEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...(bytes.count - 4)).first { bytes[$0..<($0 + 4)].elementsEqual([13, 10, 13, 10]) }
    }

    struct Broken: Error { let what: String }

    static func get(_ path: String, host: String) -> [UInt8] {
        Array("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n".utf8)
    }

    static func post(_ path: String, _ body: [UInt8], type: String, host: String) -> [UInt8] {
        Array(
            "POST \(path) HTTP/1.1\r\nHost: \(host)\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n\r\n"
                .utf8) + body
    }
}

/// So many connections, each a thread that asks as fast as it is answered.
enum Load {
    /// Answers a second.
    static func rate(
        _ requests: [[UInt8]], host: String, port: Int, connections: Int = 16, seconds: Double
    ) throws -> Double {
        let end = Date().addingTimeInterval(seconds)
        let count = Mutex(0)
        let failures = Mutex<[String]>([])
        let group = DispatchGroup()
        let start = Date()
        for index in 0..<connections {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                do {
                    guard let connection = KeepAliveConnection(host: host, port: port) else {
                        throw KeepAliveConnection.Broken(what: "connect")
                    }
                    var done = 0
                    while Date() < end {
                        _ = try connection.exchange(requests[(index + done) % requests.count])
                        done += 1
                    }
                    count.withLock { $0 += done }
                } catch { failures.withLock { $0.append("\(error)") } }
            }
        }
        group.wait()
        if let failure = failures.withLock({ $0.first }) { throw KeepAliveConnection.Broken(what: failure) }
        return Double(count.withLock { $0 }) / Date().timeIntervalSince(start)
    }
}
