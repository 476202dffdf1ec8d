import Groundwork
import Testing

@testable import PortableDocuments

/// The published attacks on PDF signatures, against our reading of them.
@Suite struct EmbeddedSignatureTests {
    static let sealed = Result { try StampDraftTests.sealed(PDFSample().bytes) }

    private func changed(_ from: String, _ to: String) throws -> [UInt8] {
        precondition(from.utf8.count == to.utf8.count)
        var bytes = try Self.sealed.get()
        let position = try #require(bytes.indices.last { bytes[$0...].starts(with: from.utf8) })
        bytes.replaceSubrange(position..<position + from.utf8.count, with: to.utf8)
        return bytes
    }

    private func expectDamaged(_ bytes: [UInt8]) {
        #expect(throws: Refusal(PortableDocumentsRefusal.damaged)) { try EmbeddedSignature.all(in: bytes) }
    }

    @Test func theSignedBytesAreAllButTheGap() throws {
        let bytes = try Self.sealed.get()
        let signature = try EmbeddedSignature.all(in: bytes)[0]
        #expect(signature.signedBytes(of: bytes).count + signature.byteRange.gap.count == bytes.count)
        #expect(bytes[signature.byteRange.gap.lowerBound] == UInt8(ascii: "<"))
        #expect(bytes[signature.byteRange.gap.upperBound - 1] == UInt8(ascii: ">"))
        #expect(signature.fieldName == "Seal1")
        #expect(signature.contents.count < 8192)
    }

    @Test func aDocumentWithoutOneSaysSo() {
        #expect(throws: Refusal(PortableDocumentsRefusal.noSignature)) {
            try EmbeddedSignature.all(in: PDFSample().bytes)
        }
    }

    @Test func universalForgery() throws {
        expectDamaged(try changed("/ByteRange [0", "/ByteRangE [0"))
        expectDamaged(try changed("/ByteRange [0", "/ByteRange [1"))
        expectDamaged(try changed("/ByteRange [0", "/ByteRange  0"))
        expectDamaged(try changed("/Contents <3", "/Contentz <3"))
        expectDamaged(try changed("/Contents <30", "/Contents <00"))
    }

    @Test func paddingIsZeros() throws { expectDamaged(try changed("00> >>", "01> >>")) }

    @Test func incrementalSaving() throws {
        let bytes = try Self.sealed.get()
        var update = IncrementalUpdate(to: bytes, structure: try DocumentStructure(bytes))
        update.write(ObjectID(4), stream: PDFDictionary(), data: Array("BT ET".utf8))
        let extended = bytes + update.finished(identifier: [UInt8](repeating: 2, count: 16))
        let signature = try EmbeddedSignature.all(in: extended)[0]
        #expect(!signature.coversWholeFile)
        #expect(signature.coversWholeRevision)
    }

    /// The signature object moved to the end, so that the gap of its byte range is no longer its own /Contents.
    @Test func signatureWrapping() throws {
        let bytes = try Self.sealed.get()
        let structure = try DocumentStructure(bytes)
        let signature = try EmbeddedSignature.all(in: bytes)[0]
        let number = try #require(
            structure.entries.keys.max {
                func offset(_ number: Int) -> Int {
                    if case .offset(let offset, _)? = structure.entries[number] { offset } else { 0 }
                }
                return offset($0) < offset($1)
            })
        let body =
            "<< /Type /Sig /ByteRange [\(signature.byteRange.numbers.map(String.init).joined(separator: " "))] /Contents "
        var update = IncrementalUpdate(to: bytes, structure: structure)
        update.write(ObjectID(number), Array(body.utf8) + bytes[signature.byteRange.gap] + Array(" >>".utf8))
        expectDamaged(bytes + update.finished(identifier: [UInt8](repeating: 2, count: 16)))
    }
}
