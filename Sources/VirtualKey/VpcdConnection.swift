internal import Foundation
package import Groundwork

/// The virtual reader's wire (vsmartcard's vpcd): the card is the TCP client; every message is two bytes of length,
/// most significant first, and a body.
///
/// A body of one byte is a control code: 00 power off, 01 power on, 02 reset (these have no answer), 04 get ATR. Any
/// other body is a command. Closing the connection pulls the card out.
package final class VpcdConnection: Sendable {
    private let socket: Int32

    /// Connects, trying until the reader listens or the tries are used up; between two tries it waits a tenth of a
    /// second.
    /// - Throws: `virtual-key.no-reader`.
    package init(host: String, port: Int, tries: Int = 100) throws(Refusal) {
        socket = try Self.connected(host: host, port: port, tries: tries)
    }

    private static func connected(host: String, port: Int, tries: Int) throws(Refusal) -> Int32 {
        let refusal = Refusal(VirtualKeyRefusal.noReader, detail: host, facts: ["port": String(port)])
        guard let number = UInt16(exactly: port) else { throw refusal }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(number).bigEndian
        guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1 else {
            throw refusal
        }
        for attempt in 0..<max(1, tries) {
            if attempt > 0 { poll(nil, 0, 100) }
            let candidate = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard candidate >= 0 else { throw refusal }
            let connected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(candidate, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if connected == 0 { return candidate }
            close(candidate)
        }
        throw refusal
    }

    /// One message from the reader: what it asks.
    package enum Message: Equatable, Sendable {
        case powerOff, powerOn, reset, answerToReset
        case command([UInt8])

        package init(body: [UInt8]) {
            self =
                switch body {
                case [0x00]: .powerOff
                case [0x01]: .powerOn
                case [0x02]: .reset
                case [0x04]: .answerToReset
                default: .command(body)
                }
        }
    }

    /// Waits for the next message; `nil` once the reader has closed the connection.
    package func receive() throws(Refusal) -> Message? {
        guard let head = try read(2) else { return nil }
        let length = Int(head[0]) << 8 | Int(head[1])
        guard length > 0 else { return .command([]) }
        guard let body = try read(length) else { return nil }
        return Message(body: body)
    }

    package func send(_ body: [UInt8]) throws(Refusal) {
        let message = [UInt8(body.count >> 8 & 0xFF), UInt8(body.count & 0xFF)] + body
        var sent = 0
        while sent < message.count {
            let count = message.withUnsafeBytes {
                Foundation.send(socket, $0.baseAddress! + sent, message.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Refusal(VirtualKeyRefusal.connectionLost) }
            sent += count
        }
    }

    /// Without TCP_QUICKACK around every read the reader's two small writes wait for a delayed acknowledgement: 44 ms
    /// for each command.
    private func read(_ count: Int) throws(Refusal) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            acknowledgeQuickly()
            let step = bytes.withUnsafeMutableBytes { recv(socket, $0.baseAddress! + received, count - received, 0) }
            if step < 0, errno == EINTR { continue }
            acknowledgeQuickly()
            if step == 0 { return nil }
            guard step > 0 else { throw Refusal(VirtualKeyRefusal.connectionLost) }
            received += step
        }
        return bytes
    }

    private func acknowledgeQuickly() {
        var yes: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), Int32(TCP_QUICKACK), &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(socket) }
}
