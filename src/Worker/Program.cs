System.Console.WriteLine("risk");
