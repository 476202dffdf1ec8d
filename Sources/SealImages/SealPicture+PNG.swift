internal import CPangoCairo
package import Groundwork

extension SealPicture {
    /// A PNG with a transparent background whose pHYs chunk states the resolution, so that it prints at its true size.
    package func png(pixelsPerMillimetre: Int) throws(Refusal) -> [UInt8] {
        guard (1...96).contains(pixelsPerMillimetre) else { throw Refusal(SealImagesRefusal.pictureSize) }
        let scale = Double(pixelsPerMillimetre)
        let width = (widthMillimetres * scale).rounded(.up)
        let height = (heightMillimetres * scale).rounded(.up)
        guard (1...8192).contains(width), (1...8192).contains(height) else {
            throw Refusal(SealImagesRefusal.pictureSize)
        }
        let failed = Refusal(SealImagesRefusal.drawing, detail: "png")
        guard let surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Int32(width), Int32(height)) else {
            throw failed
        }
        defer { cairo_surface_destroy(surface) }
        guard let cairo = cairo_create(surface) else { throw failed }
        defer { cairo_destroy(cairo) }
        cairo_translate(cairo, 0, heightMillimetres * scale)
        cairo_scale(cairo, scale, -scale)
        cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue)
        outline.trace(on: cairo)
        cairo_fill(cairo)
        lettering.trace(on: cairo)
        cairo_set_line_width(cairo, strokeMillimetres)
        cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND)
        cairo_fill_preserve(cairo)
        if strokeMillimetres > 0 { cairo_stroke(cairo) }
        cairo_surface_flush(surface)
        let output = CairoOutput()
        let status = cairo_surface_write_to_png_stream(surface, CairoOutput.write, output.closure)
        guard status == CAIRO_STATUS_SUCCESS, cairo_status(cairo) == CAIRO_STATUS_SUCCESS else { throw failed }
        return PNGResolution.stated(pixelsPerMillimetre: pixelsPerMillimetre, in: output.bytes)
    }
}

extension Outline {
    func trace(on cairo: OpaquePointer) {
        for step in steps {
            switch step {
            case .move(let end): cairo_move_to(cairo, end.x, end.y)
            case .line(let end): cairo_line_to(cairo, end.x, end.y)
            case .curve(let first, let second, let end):
                cairo_curve_to(cairo, first.x, first.y, second.x, second.y, end.x, end.y)
            case .close: cairo_close_path(cairo)
            }
        }
    }
}

/// Where cairo's stream surfaces write to. Must outlive the surface that writes.
final class CairoOutput {
    private(set) var bytes: [UInt8] = []

    var closure: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static let write: cairo_write_func_t = { closure, data, length in
        guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
        let output = Unmanaged<CairoOutput>.fromOpaque(closure).takeUnretainedValue()
        output.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
        return CAIRO_STATUS_SUCCESS
    }
}

/// PNG, third edition, 11.3.4.3: physical pixel dimensions.
enum PNGResolution {
    /// Puts the chunk behind IHDR, which always is the first chunk and 25 bytes long.
    static func stated(pixelsPerMillimetre: Int, in png: [UInt8]) -> [UInt8] {
        let headerEnd = 8 + 25
        guard png.count > headerEnd else { return png }
        func big(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        let perMetre = big(UInt32(pixelsPerMillimetre) * 1000)
        let body = Array("pHYs".utf8) + perMetre + perMetre + [1]
        let chunk = big(9) + body + big(crc32(body))
        return png[..<headerEnd] + chunk + png[headerEnd...]
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 {
                let carry = crc & 1 == 1
                crc >>= 1
                if carry { crc ^= 0xEDB8_8320 }
            }
        }
        return ~crc
    }
}
