using System.Text;
using System.Text.Unicode;

namespace Risk.Connectors.Sdk.Reading;

/// <summary>Finds out how a text file is encoded.</summary>
internal static class TextEncodings
{
    /// <summary>UTF-8 when all of the seekable stream is valid UTF-8, else Windows-1252; leaves the stream at its start.</summary>
    public static Encoding Detect(Stream stream)
    {
        byte[] buffer = new byte[64 * 1024];
        int kept = 0;
        bool valid = true;
        while (valid)
        {
            int read = stream.Read(buffer, kept, buffer.Length - kept);
            if (read == 0)
            {
                valid = kept == 0;
                break;
            }

            ReadOnlySpan<byte> bytes = buffer.AsSpan(0, kept + read);
            int tail = UnfinishedTail(bytes);
            valid = Utf8.IsValid(bytes[..^tail]);
            bytes[^tail..].CopyTo(buffer);
            kept = tail;
        }

        stream.Position = 0;
        return valid ? Encoding.UTF8 : CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
    }

    /// <summary>Length of a multi-byte sequence that the end of the block may have cut.</summary>
    private static int UnfinishedTail(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            byte b = bytes[^back];
            if ((b & 0xC0) == 0x80) continue;
            int needed = b switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
            return needed > back ? back : 0;
        }

        return 0;
    }
}
