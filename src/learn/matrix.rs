//! A [`Matrix`] of feature values, stored by column; a missing value is NaN.

use super::error::LearnError;

/// Feature values, `rows × columns`, column-major, `f32`; NaN means missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: Vec<Vec<f32>>,
}

impl Matrix {
    /// A matrix of `rows` rows and no column yet.
    #[must_use]
    pub fn new(rows: usize) -> Self {
        Self {
            rows,
            columns: Vec::new(),
        }
    }

    /// A matrix of these columns.
    ///
    /// # Errors
    /// [`LearnError::Size`] if the columns differ in length. No column at all gives a matrix of no rows.
    pub fn from_columns(columns: Vec<Vec<f32>>) -> Result<Self, LearnError> {
        let mut matrix = Self::new(columns.first().map_or(0, Vec::len));
        for column in columns {
            matrix.push_column(column)?;
        }
        Ok(matrix)
    }

    /// A matrix of these rows, each `columns` long.
    ///
    /// # Errors
    /// [`LearnError::Size`] if a row has another length.
    pub fn from_rows(columns: usize, rows: &[Vec<f32>]) -> Result<Self, LearnError> {
        if let Some(row) = rows.iter().find(|row| row.len() != columns) {
            return Err(LearnError::Size {
                what: "values in a row",
                expected: columns,
                found: row.len(),
            });
        }
        let columns = (0..columns).map(|j| rows.iter().map(|row| row[j]).collect()).collect();
        Ok(Self {
            rows: rows.len(),
            columns,
        })
    }

    /// Adds a column on the right.
    ///
    /// # Errors
    /// [`LearnError::Size`] if it has not one value per row.
    pub fn push_column(&mut self, column: Vec<f32>) -> Result<(), LearnError> {
        if column.len() != self.rows {
            return Err(LearnError::Size {
                what: "values in a column",
                expected: self.rows,
                found: column.len(),
            });
        }
        self.columns.push(column);
        Ok(())
    }

    /// Puts other values in a column's place.
    ///
    /// # Errors
    /// [`LearnError::Size`] for another number of rows, or a column that does not exist.
    pub fn replace_column(&mut self, j: usize, column: Vec<f32>) -> Result<(), LearnError> {
        if column.len() != self.rows {
            return Err(LearnError::Size {
                what: "values in a column",
                expected: self.rows,
                found: column.len(),
            });
        }
        let width = self.columns.len();
        *self.columns.get_mut(j).ok_or(LearnError::Size {
            what: "columns",
            expected: width,
            found: j,
        })? = column;
        Ok(())
    }

    /// How many rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// All columns, left to right.
    #[must_use]
    pub fn columns(&self) -> &[Vec<f32>] {
        &self.columns
    }

    /// Column `j`, one value per row.
    ///
    /// # Panics
    /// If there is no column `j`.
    #[must_use]
    pub fn column(&self, j: usize) -> &[f32] {
        &self.columns[j]
    }

    /// Row `i`, one value per column.
    ///
    /// # Panics
    /// If there is no row `i`.
    #[must_use]
    pub fn row(&self, i: usize) -> Vec<f32> {
        self.columns.iter().map(|column| column[i]).collect()
    }

    /// These columns only, in this order.
    ///
    /// # Panics
    /// If one of them does not exist.
    #[must_use]
    pub fn select_columns(&self, columns: &[usize]) -> Self {
        Self {
            rows: self.rows,
            columns: columns.iter().map(|&j| self.columns[j].clone()).collect(),
        }
    }

    /// These rows of these columns, in this order; a row may come twice.
    ///
    /// # Panics
    /// If one of them does not exist.
    #[must_use]
    pub fn select(&self, rows: &[usize], columns: &[usize]) -> Self {
        let pick = |&j: &usize| rows.iter().map(|&i| self.columns[j][i]).collect();
        Self {
            rows: rows.len(),
            columns: columns.iter().map(pick).collect(),
        }
    }

    /// These rows only, in this order; a row may come twice.
    ///
    /// # Panics
    /// If one of them does not exist.
    #[must_use]
    pub fn select_rows(&self, rows: &[usize]) -> Self {
        let pick = |column: &Vec<f32>| rows.iter().map(|&i| column[i]).collect();
        Self {
            rows: rows.len(),
            columns: self.columns.iter().map(pick).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selecting_rows_and_columns_keeps_their_order() {
        let matrix = Matrix::from_columns(vec![vec![1.0, 2.0, 3.0], vec![4.0, 5.0, 6.0]]).unwrap();
        let picked = matrix.select_columns(&[1, 0]).select_rows(&[2, 2, 0]);
        assert_eq!(picked.columns(), [vec![6.0, 6.0, 4.0], vec![3.0, 3.0, 1.0]]);
        assert_eq!(picked.row(2), [4.0, 1.0]);
        assert_eq!(matrix.select(&[2, 2, 0], &[1, 0]), picked);
        assert_eq!(
            Matrix::from_rows(2, &[vec![1.0, 4.0], vec![2.0, 5.0], vec![3.0, 6.0]]).unwrap(),
            matrix
        );
    }

    #[test]
    fn a_column_of_another_length_is_refused() {
        assert!(Matrix::from_columns(vec![vec![1.0], vec![]]).is_err());
        assert!(Matrix::from_rows(2, &[vec![1.0]]).is_err());
    }
}
