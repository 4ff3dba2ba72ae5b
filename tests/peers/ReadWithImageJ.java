import ij.ImagePlus;
import ij.io.Opener;
import ij.measure.Calibration;
import ij.process.ImageProcessor;

/** Prints what ImageJ opens, a file a line: sizes, edge lengths, unit, and calibrated values. */
public class ReadWithImageJ {
  public static void main(String[] paths) {
    for (String path : paths) {
      ImagePlus image = new Opener().openImage(path);
      Calibration c = image.getCalibration();
      StringBuilder line = new StringBuilder();
      line.append(image.getWidth() + "\t" + image.getHeight() + "\t" + image.getStackSize());
      line.append("\t" + c.pixelWidth + "\t" + c.pixelHeight + "\t" + c.pixelDepth);
      line.append("\t" + c.getUnit() + "\t");
      for (int z = 1; z <= image.getStackSize(); z++) {
        ImageProcessor slice = image.getStack().getProcessor(z);
        for (int i = 0; i < slice.getPixelCount(); i++) {
          line.append(c.getCValue(slice.getf(i))).append(' ');
        }
      }
      System.out.println(line);
    }
  }
}
