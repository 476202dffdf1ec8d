internal import Groundwork

/// Whole commands and whole answers over a transport of frames: chaining, GET RESPONSE, and the second attempt after
/// `6Cxx` (ISO/IEC 7816-4, 5.3).
///
/// Anything that the standard does not let a card say becomes `CardError.malformedAnswer`; an answer is never longer
/// than `longestAnswer`, however often the card says that more follows.
struct CardChannel: Sendable {
    let transport: any CardTransport
    var lengthCoding: CommandAPDU.LengthCoding = .chained

    static let longestAnswer = 65_536
    private static let mostRounds = 512

    /// Sends a command and gathers its answer. Does not judge the status word.
    func exchange(_ command: CommandAPDU, within limit: Duration) async throws(CardError) -> ResponseAPDU {
        guard let frames = command.frames(lengthCoding) else { throw .tooLarge }
        for frame in frames.dropLast() {
            let answer = try await send(frame, within: limit)
            guard answer.status == .done else { return answer }
            guard answer.data.isEmpty else { throw .malformedAnswer("data in answer to a chained command") }
        }
        return try await gather(from: frames[frames.count - 1], within: limit)
    }

    /// Sends one short command whose data holds a secret: the frame is a secret too, and the transport's from here on.
    func exchange(
        _ header: CommandAPDU, secret data: borrowing SecretBytes, within limit: Duration
    ) async throws(CardError) -> ResponseAPDU {
        guard data.count > 0, data.count <= CommandAPDU.longestShortData else { throw .badSecretLength }
        let start = [
            header.instructionClass, header.instruction, header.p1, header.p2, UInt8(data.count),
        ]
        let frame = data.withBytes { bytes in
            SecretBytes(count: start.count + bytes.count) { target in
                target.copyBytes(from: start)
                UnsafeMutableRawBufferPointer(rebasing: target[start.count...]).copyMemory(from: bytes)
            }
        }
        return try answer(try await transport.transmit(secret: frame, within: limit))
    }

    private func gather(from last: [UInt8], within limit: Duration) async throws(CardError) -> ResponseAPDU {
        var answer = try await send(last, within: limit)
        if let length = answer.status.correctLength {
            // The card did nothing; the same frame with the length that it names. A frame that ends with its data has
            // no expected length to correct.
            guard let command = CommandAPDU(parsing: last), command.expected != nil else { return answer }
            var corrected = command
            corrected.expected = length
            guard let frame = corrected.frames(lengthCoding)?.last else { return answer }
            answer = try await send(frame, within: limit)
        }
        var data = answer.data
        var rounds = 0
        while let waiting = answer.status.bytesWaiting {
            rounds += 1
            guard rounds <= Self.mostRounds, data.count <= Self.longestAnswer else {
                throw .malformedAnswer("an answer without end")
            }
            answer = try await send([0x00, 0xC0, 0x00, 0x00, UInt8(waiting & 0xFF)], within: limit)
            if let length = answer.status.correctLength, answer.data.isEmpty {
                answer = try await send([0x00, 0xC0, 0x00, 0x00, UInt8(length & 0xFF)], within: limit)
            }
            guard answer.status.bytesWaiting == nil || !answer.data.isEmpty else {
                throw .malformedAnswer("GET RESPONSE brought nothing")
            }
            data += answer.data
        }
        guard data.count <= Self.longestAnswer else { throw .malformedAnswer("an answer of \(data.count) bytes") }
        return ResponseAPDU(data: data, status: answer.status)
    }

    private func send(_ frame: [UInt8], within limit: Duration) async throws(CardError) -> ResponseAPDU {
        try answer(try await transport.transmit(frame, within: limit))
    }

    private func answer(_ bytes: [UInt8]) throws(CardError) -> ResponseAPDU {
        guard let answer = ResponseAPDU(parsing: bytes) else {
            throw .malformedAnswer("\(bytes.count) bytes without a status word that a card may send")
        }
        return answer
    }
}
