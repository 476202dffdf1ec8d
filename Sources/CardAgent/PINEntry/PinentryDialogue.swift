internal import Foundation
internal import Groundwork

/// One question to a `pinentry` program over the Assuan protocol: lines of at most 1,000 bytes, `D` carries the answer.
struct PinentryDialogue {
    let program: String

    /// - Throws: `command.no-pin` if the person cancelled it or let it stand, `command.no-pin-window` if there is no
    ///   such program or nowhere that it could open a window.
    func ask(_ prompt: LocalisedText) throws -> SecretBytes {
        let process = Foundation.Process()
        let toProgram = Pipe()
        let fromProgram = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program]
        process.standardInput = toProgram
        process.standardOutput = fromProgram
        do { try process.run() } catch {
            throw Refusal(CardAgentRefusal.noPINWindow, detail: "\(program): \(error)")
        }
        defer {
            try? toProgram.fileHandleForWriting.close()
            process.waitUntilExit()
        }
        let terminal = Self.terminal
        let output = fromProgram.fileHandleForReading.fileDescriptor
        func say(_ line: String) throws {
            try toProgram.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
        }
        func expectOK() throws {
            var line = try AssuanLine.read(from: output)
            while line.isComment { line = try AssuanLine.read(from: output) }
            guard line.isOK else { throw line.refusal(hadPlace: true) }
        }
        do { try expectOK() } catch {
            throw Refusal(CardAgentRefusal.noPINWindow, detail: "the program \(program) does not answer")
        }
        try say("SETTITLE 一证通")
        try expectOK()
        try say("SETDESC \(Self.escaped("\(prompt.zh)\n\(prompt.en)"))")
        try expectOK()
        try say("SETPROMPT PIN")
        try expectOK()
        if let terminal {
            try say("OPTION ttyname=\(terminal)")
            try expectOK()
        }
        try say("GETPIN")
        var line = try AssuanLine.read(from: output)
        while line.isComment { line = try AssuanLine.read(from: output) }
        let secret = try line.consumeData(hadPlace: terminal != nil || Self.hasScreen)
        try expectOK()
        try? say("BYE")
        return secret
    }

    /// The terminal of the person, also where standard input is a file or a pipe.
    private static var terminal: String? {
        for descriptor in [STDIN_FILENO, STDERR_FILENO] {
            if let name = ttyname(descriptor) { return String(cString: name) }
        }
        let descriptor = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        close(descriptor)
        return "/dev/tty"
    }

    private static var hasScreen: Bool {
        let environment = ProcessInfo.processInfo.environment
        return ["DISPLAY", "WAYLAND_DISPLAY"].contains { environment[$0].map { !$0.isEmpty } ?? false }
    }

    /// Percent-escapes what would end the line (Assuan manual, "Client requests").
    static func escaped(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\n", with: "%0A").replacing("\r", with: "%0D")
    }
}

/// One line of the program's answer. Its bytes may be a PIN, so they are wiped when the line ends.
private struct AssuanLine: ~Copyable {
    private let bytes: SecretBytes

    static func read(from descriptor: Int32) throws -> AssuanLine {
        var line: [UInt8] = []
        line.reserveCapacity(1_000)
        var byte: UInt8 = 0
        while Foundation.read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
            guard line.count < 1_000 else { break }
            line.append(byte)
        }
        byte = 0
        guard !line.isEmpty else { throw Refusal(CardAgentRefusal.noPIN, detail: "the PIN window closed") }
        return AssuanLine(bytes: SecretBytes(wiping: &line))
    }

    /// What an `ERR` line says (libgpg-error, err-codes.h: the low 16 bits are the code). Some programs call it
    /// cancelled where there was nowhere to ask.
    borrowing func refusal(hadPlace: Bool) -> Refusal {
        let text = bytes.withBytes { String(decoding: $0, as: UTF8.self) }
        let number = text.split(separator: " ").dropFirst().first.flatMap { UInt32($0) } ?? 0
        switch number & 0xFFFF {
        case 99 where hadPlace, 114 where hadPlace:
            return Refusal(CardAgentRefusal.noPIN, detail: "the PIN window was cancelled")
        case 62: return Refusal(CardAgentRefusal.noPIN, detail: "nobody answered the PIN window in time")
        default: return Refusal(CardAgentRefusal.noPINWindow, detail: text)
        }
    }

    var isOK: Bool { starts(with: "OK") }
    var isComment: Bool { starts(with: "#") || starts(with: "S ") }

    private borrowing func starts(with prefix: String) -> Bool { bytes.withBytes { $0.starts(with: prefix.utf8) } }

    /// The answer of a `D` line with its percent escapes undone.
    consuming func consumeData(hadPlace: Bool) throws -> SecretBytes {
        // An empty entry is a bare OK.
        guard !starts(with: "OK") else { throw Refusal(CardAgentRefusal.noPIN, detail: "the entry was empty") }
        guard starts(with: "D ") else { throw refusal(hadPlace: hadPlace) }
        var plain: [UInt8] = []
        plain.reserveCapacity(64)
        bytes.withBytes { line in
            var index = 2
            while index < line.count {
                if line[index] == UInt8(ascii: "%"), index + 2 < line.count,
                    let value = Hex.decode(String(decoding: line[index + 1...index + 2], as: UTF8.self))
                {
                    plain += value
                    index += 3
                } else {
                    plain.append(line[index])
                    index += 1
                }
            }
        }
        return SecretBytes(wiping: &plain)
    }
}
